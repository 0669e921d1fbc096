using System.Text.Json;
using System.Text.Json.Serialization;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Retention;

namespace LogMonitor.Core.Pipeline;

/// <summary>The JSON in table rows and index blobs. Numbers and names are a contract with what earlier versions stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true, Converters = [typeof(EventHourConverter), typeof(FingerprintConverter)])]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(SortedDictionary<int, MinuteCounts>))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(Report))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(ArchiveIndex))]
[JsonSerializable(typeof(Acknowledgement))]
[JsonSerializable(typeof(Silence))]
[JsonSerializable(typeof(SweepState))]
[JsonSerializable(typeof(ExpiryPosition))]
[JsonSerializable(typeof(IReadOnlyList<DateTimeOffset>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, UnknownShare>))]
public sealed partial class CoreJson : JsonSerializerContext;

sealed class EventHourConverter : JsonConverter<EventHour>
{
    public override EventHour Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());
    public override void Write(Utf8JsonWriter writer, EventHour value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}

sealed class FingerprintConverter : JsonConverter<Fingerprint>
{
    public override Fingerprint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString() ?? "");
    public override void Write(Utf8JsonWriter writer, Fingerprint value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
