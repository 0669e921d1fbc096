using System.Buffers.Binary;
using System.Text;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>
/// The groups of window rules as bytes, which are equal where the groups are: the rule, and of each group-by field the display
/// form, in UTF-8 and with its length before it. To compare and to count groups takes no strings.
/// </summary>
sealed class GroupCodec(IReadOnlyList<WindowRule> windows)
{
    readonly LineField[][] fieldsOf = [.. windows.Select(window => window.GroupBy.Select(name => LineField.Find(name)!).ToArray())];

    /// <summary>The longest group, in bytes.</summary>
    public int MaxBytes { get; } = sizeof(int) + windows.Select(window => window.GroupBy.Count).DefaultIfEmpty().Max() * (sizeof(int) + LineField.MaxDisplayBytes);

    /// <summary>Writes the group of a window rule for which a line counts; returns how many bytes.</summary>
    /// <param name="window">An index into the window rules.</param>
    public int Write(int window, in LogLine line, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, window);
        var at = sizeof(int);
        foreach (var field in fieldsOf[window])
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
        var values = fieldsOf[window].Length == 0 ? [] : new string[fieldsOf[window].Length];
        for (var i = 0; i < values.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(group);
            values[i] = Encoding.UTF8.GetString(group.Slice(sizeof(int), length));
            group = group[(sizeof(int) + length)..];
        }
        return new MatchKey(windows[window].Id, values);
    }
}
