using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>What kind of part a layout has at some place.</summary>
enum PartKind : byte { Literal, Time, Field }

/// <summary>One part of a layout, as the administrator wrote it.</summary>
readonly record struct LayoutPart(PartKind Kind)
{
    /// <summary>Of a literal: the text.</summary>
    public string Text { get; init; } = "";
    /// <summary>Of a time.</summary>
    public TimePart Time { get; init; }
    /// <summary>Of a field.</summary>
    public LineField Field { get; init; }
    /// <summary>Where a layout has a field twice, the one of the lowest rank counts.</summary>
    public byte Rank { get; init; }
    /// <summary>The byte with which a field's value always begins, where it has one: it then needs nothing before it. The value may be absent.</summary>
    public byte Begins { get; init; }
    /// <summary>Whether the value may be a list, with a space behind each comma.</summary>
    public bool IsList { get; init; }
    /// <summary>As written, for errors.</summary>
    public string Directive { get; init; } = "";
    /// <summary>Where it was written, from 1.</summary>
    public int Position { get; init; }
}
