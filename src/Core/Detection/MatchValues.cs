using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>What of a match a rule measures, as eight bytes: a number as it is; of a text or a rule's id, the first bytes of its SHA-256.</summary>
/// <remarks>Nobody can write lines whose texts come out alike, other than by 2³² attempts; and then one value is counted less.</remarks>
static class MatchValue
{
    public static long Of(RuleId rule) => Of(Encoding.UTF8.GetBytes(rule.Value));

    public static long Of(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>Several values as one.</summary>
    public static long Of(ReadOnlySpan<long> values) => values is [var single] ? single : Of(MemoryMarshal.AsBytes(values));

    /// <summary>A field's value that is known by its display form.</summary>
    public static long OfDisplay(LineField field, string text) =>
        field.IsNumber && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : Of(Encoding.UTF8.GetBytes(text));
}

/// <summary>What the window rules measure in a line.</summary>
sealed class MatchValues(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows)
{
    readonly long[] ruleValues = [.. events.Select(rule => MatchValue.Of(rule.Id))];
    readonly bool[] isTemporal = [.. windows.Select(window => window.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered)];
    readonly LineField[][] fieldsOf = [.. windows.Select(window => window.ValueFields.Select(name => LineField.Find(name)!).ToArray())];

    /// <summary>The value of a line for a window rule; false where it has none, and so does not count.</summary>
    /// <param name="window">An index into the window rules.</param>
    /// <param name="rule">The base rule that the line matches: an index into the event rules.</param>
    public bool TryGet(int window, int rule, in LogLine line, out long value)
    {
        value = isTemporal[window] ? ruleValues[rule] : 0;
        var fields = fieldsOf[window];
        if (fields.Length == 0) return true;
        Span<long> values = stackalloc long[fields.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!fields[i].IsIn(line)) return false;
            values[i] = fields[i].TryGetNumber(line, out var number) ? number : MatchValue.Of(fields[i].GetText(line));
        }
        value = MatchValue.Of(values);
        return true;
    }
}
