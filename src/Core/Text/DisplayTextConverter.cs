using System.Text.Json;
using System.Text.Json.Serialization;

namespace LogMonitor.Core.Text;

/// <summary>A <see cref="DisplayText"/> as a JSON string, so that documents for people can demand the type. What is read is made displayable again.</summary>
public sealed class DisplayTextConverter : JsonConverter<DisplayText>
{
    /// <inheritdoc/>
    public override DisplayText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => DisplayText.From(reader.GetString());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DisplayText value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
