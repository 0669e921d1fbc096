using System.Text;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>Makes a parser of a format string's parts.</summary>
static class LayoutCompiler
{
    /// <exception cref="FormatException">The string is no format, or one whose fields can't be told apart.</exception>
    public static LayoutFormat Compile(string format, TimeReader times)
    {
        var parts = Parts(format);
        if (parts.TrueForAll(part => part.Kind == PartKind.Literal)) throw new FormatException($"The log format '{format}' has no directive: expected Apache's, such as %h, or nginx's, such as $remote_addr.");
        KeepTheBest(parts);

        List<LayoutFormat.Fixed> head = [];
        List<(List<LayoutPart> Fields, List<LayoutFormat.Fixed> End)> segments = [];
        foreach (var part in parts)
        {
            var end = segments.Count == 0 ? head : segments[^1].End;
            if (part.Kind == PartKind.Literal) AddLiteral(end, part.Text);
            else if (part.Kind == PartKind.Time)
            {
                if (end.Count == 0 && segments.Count > 0) throw Inseparable(segments[^1].Fields[^1], "the time");
                end.Add(new LayoutFormat.Fixed(null, part.Time));
            }
            else if (end.Count == 0 && segments.Count > 0)
            {
                if (part.Begins == 0) throw Inseparable(segments[^1].Fields[^1], $"'{part.Directive}' at position {part.Position}");
                segments[^1].Fields.Add(part);
            }
            else if (end.Count > 0 && end[^1].Literal is null) throw new FormatException($"The log format has '{part.Directive}' at position {part.Position} right behind a time: put a character between them, or nobody can tell where one ends.");
            else segments.Add(([part], []));
        }
        return new LayoutFormat(times, [.. head], [.. segments.Select((segment, index) => new LayoutFormat.Segment([.. segment.Fields], [.. segment.End],
            EndsInQuote(index == 0 ? head : segments[index - 1].End) && segment.End is [{ Literal: [(byte)'"', ..] }, ..]))]);
    }

    /// <summary>The parts of a string of either kind.</summary>
    public static List<LayoutPart> Parts(string format)
    {
        var mark = format.AsSpan().IndexOfAny('%', '$');
        return mark >= 0 && format[mark] == '$' ? NginxLayout.Parts(format) : ApacheLayout.Parts(format);
    }

    // Of several parts that say the same, the most telling one is read; the others are passed over.
    static void KeepTheBest(List<LayoutPart> parts)
    {
        var fields = parts.Where(part => part.Kind == PartKind.Field).ToList();
        var request = fields.Exists(part => part.Field == LineField.Request);
        var target = fields.Exists(part => part.Field == LineField.Target);
        HashSet<LineField> taken = [];
        foreach (var part in fields.OrderBy(part => part.Rank))
        {
            var repeats = request && part.Field is (LineField.Method or LineField.Target or LineField.Path or LineField.Query or LineField.Protocol)
                || target && part.Field is (LineField.Path or LineField.Query);
            var place = part.Field is LineField.Milliseconds or LineField.Microseconds ? LineField.Seconds : part.Field;
            if (repeats || part.Field != LineField.None && !taken.Add(place)) parts[parts.IndexOf(part)] = part with { Field = LineField.None };
        }
    }

    static void AddLiteral(List<LayoutFormat.Fixed> steps, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (steps is [.., { Literal: { } before }]) steps[^1] = new LayoutFormat.Fixed([.. before, .. bytes], TimePart.None);
        else steps.Add(new LayoutFormat.Fixed(bytes, TimePart.None));
    }

    static bool EndsInQuote(List<LayoutFormat.Fixed> steps) => steps is [.., { Literal: [.., (byte)'"'] }];

    static FormatException Inseparable(LayoutPart first, string second) =>
        new($"The log format has '{first.Directive}' at position {first.Position} directly before {second}: put a character between them, or nobody can tell where one ends.");
}
