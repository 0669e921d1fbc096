using System.Buffers;
using System.Text.Json;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Scanning;

/// <summary>Writes a <see cref="ScanLine"/> for each line into a buffer, straight from the bytes of the log. Allocates nothing.</summary>
sealed class ScanLineWriter : IDisposable
{
    static readonly JsonEncodedText file = Name("file"), number = Name("line"), lineClass = Name("class"), format = Name("format"), reason = Name("reason"),
        time = Name("time"), client = Name("client"), user = Name("user"), method = Name("method"), path = Name("path"), query = Name("query"),
        status = Name("status"), bytes = Name("bytes"), referer = Name("referer"), userAgent = Name("userAgent"), severity = Name("severity"),
        process = Name("process"), message = Name("message"), matched = Name("rules");

    static readonly JsonEncodedText[] classes = Names<LineClass>(), reasons = Names<UnknownReason>(), severities = Names<Severity>();

    readonly JsonEncodedText[] ruleIds;
    readonly ArrayBufferWriter<byte> output;
    readonly Utf8JsonWriter json;

    public ScanLineWriter(RuleSet rules, ArrayBufferWriter<byte> output)
    {
        ruleIds = [.. rules.Events.Select(rule => Name(rule.Id.Value))];
        this.output = output;
        json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
    }

    /// <param name="input">The file; null leaves it out.</param>
    /// <param name="lineNumber">From 1.</param>
    /// <param name="line">What to write.</param>
    /// <param name="rules">Indexes into <see cref="RuleSet.Events"/>.</param>
    public void Write(string? input, long lineNumber, in LogLine line, ReadOnlySpan<int> rules)
    {
        json.Reset();
        json.WriteStartObject();
        if (input is not null) json.WriteString(file, input);
        json.WriteNumber(number, lineNumber);
        json.WriteString(lineClass, classes[(int)line.Class]);
        json.WriteString(format, line.Format);
        if (line.Class == LineClass.Unknown) json.WriteString(reason, reasons[(int)line.Reason]);
        if (line.Time is >= 0 and <= ScanCounter.MaxTime) json.WriteString(time, ScanReport.Time(line.Time));
        Text(client, line.Client);
        Text(user, line.User);
        Text(method, line.Method);
        Text(path, line.Path);
        Text(query, line.Query);
        if (line.Status > 0) json.WriteNumber(status, line.Status);
        if (line.Bytes >= 0) json.WriteNumber(bytes, line.Bytes);
        Text(referer, line.Referer);
        Text(userAgent, line.UserAgent);
        if (line.Severity != Severity.None) json.WriteString(severity, severities[(int)line.Severity]);
        Text(process, line.Process);
        Text(message, line.Message);
        if (rules.Length > 0)
        {
            json.WriteStartArray(matched);
            foreach (var rule in rules) json.WriteStringValue(ruleIds[rule]);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => json.Dispose();

    void Text(JsonEncodedText name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) json.WriteString(name, value);
    }

    /// <summary>A reason as it is written.</summary>
    public static string NameOf(UnknownReason reason) => reasons[(int)reason].ToString();

    static JsonEncodedText Name(string text) => JsonEncodedText.Encode(text);

    // Members are numbered from 0; what has no place in the row (Severity.None) is never written.
    static JsonEncodedText[] Names<T>() where T : struct, Enum =>
        [.. Enum.GetValues<T>().Where((value, index) => Convert.ToInt32(value, null) == index).Select(value => Name(JsonNamingPolicy.CamelCase.ConvertName(value.ToString())))];
}
