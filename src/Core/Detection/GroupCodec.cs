using System.Buffers.Binary;
using System.Text;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>
/// The groups of window rules as bytes, which are equal where the groups are: the rule, and of each group-by field the display
/// form, in UTF-8 and with its length before it. To compare and to count groups takes no strings.
/// </summary>
sealed class GroupCodec(IReadOnlyList<EventRule> events, IReadOnlyList<WindowRule> windows)
{
    // By window rule and event rule; one row for all event rules where there are no aliases.
    readonly LineField[][][] fieldsOf = [.. windows.Select(window => window.KeyFields.Any(field => field.OfRule is not null)
        ? events.Select(rule => window.BaseRules.Contains(rule.Id) ? FieldsOf(window, rule.Id) : []).ToArray()
        : [FieldsOf(window, default)])];

    /// <summary>The longest group, in bytes.</summary>
    public int MaxBytes { get; } = sizeof(int) + windows.Select(window => window.KeyFields.Count).DefaultIfEmpty().Max() * (sizeof(int) + LineField.MaxDisplayBytes);

    /// <summary>Writes the group of a window rule for which a line counts; returns how many bytes.</summary>
    /// <param name="window">An index into the window rules.</param>
    /// <param name="rule">The event rule that the line matches: an index into those.</param>
    public int Write(int window, int rule, in LogLine line, Span<byte> destination)
    {
        var rows = fieldsOf[window];
        BinaryPrimitives.WriteInt32LittleEndian(destination, window);
        var at = sizeof(int);
        foreach (var field in rows.Length == 1 ? rows[0] : rows[rule])
        {
            var length = field.WriteDisplay(line, destination[(at + sizeof(int))..]);
            BinaryPrimitives.WriteInt32LittleEndian(destination[at..], length);
            at += sizeof(int) + length;
        }
        return at;
    }

    /// <summary>The rule of a group that was written: an index into the window rules.</summary>
    public static int WindowOf(ReadOnlySpan<byte> group) => BinaryPrimitives.ReadInt32LittleEndian(group);

    /// <summary>A group that was written.</summary>
    public MatchKey Read(ReadOnlySpan<byte> group)
    {
        var window = WindowOf(group);
        group = group[sizeof(int)..];
        var values = windows[window].KeyFields.Count == 0 ? [] : new string[windows[window].KeyFields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(group);
            values[i] = Encoding.UTF8.GetString(group.Slice(sizeof(int), length));
            group = group[(sizeof(int) + length)..];
        }
        return new MatchKey(windows[window].Id, values);
    }

    static LineField[] FieldsOf(WindowRule window, RuleId rule) => [.. window.KeyFields.Select(field => LineField.Find(field.For(rule))!)];
}
