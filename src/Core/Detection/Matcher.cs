using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>A compiled condition on one line. Takes time linear in the line.</summary>
abstract class Matcher
{
    /// <param name="line">The line.</param>
    /// <param name="texts">Its decoded texts.</param>
    public abstract bool IsMatch(in LogLine line, LineTexts texts);

    /// <summary>Texts one of which stands in every line that matches; null where there are none to name.</summary>
    public virtual Literals? Needs => null;

    /// <summary>The statuses of every line that matches; null where any will do.</summary>
    public virtual IReadOnlyCollection<long>? Statuses => null;

    /// <summary>Whether every line that matches has a message or a severity: access lines have none.</summary>
    public virtual bool NeedsMessage => false;
}

sealed class AllOf(Matcher[] parts) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts)
    {
        foreach (var part in parts) if (!part.IsMatch(line, texts)) return false;
        return true;
    }

    public override Literals? Needs { get; } = Literals.OfAll(parts);

    public override bool NeedsMessage { get; } = Array.Exists(parts, part => part.NeedsMessage);

    public override IReadOnlyCollection<long>? Statuses { get; } = parts.Select(part => part.Statuses).OfType<IReadOnlyCollection<long>>().MinBy(statuses => statuses.Count);
}

sealed class AnyOf(Matcher[] parts) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts)
    {
        foreach (var part in parts) if (part.IsMatch(line, texts)) return true;
        return false;
    }

    public override Literals? Needs { get; } = Literals.OfAny(parts);

    public override bool NeedsMessage { get; } = parts.Length > 0 && Array.TrueForAll(parts, part => part.NeedsMessage);

    public override IReadOnlyCollection<long>? Statuses { get; } = parts.All(part => part.Statuses is not null) ? [.. parts.SelectMany(part => part.Statuses!)] : null;
}

sealed class Negation(Matcher part) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts) => !part.IsMatch(line, texts);
}

/// <summary>A keyword: anywhere in the raw line, whatever the case.</summary>
sealed class KeywordMatcher(TextPattern keyword) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts) => keyword.IsMatch(line.Raw);

    public override Literals? Needs { get; } = Literals.Of(keyword.LongestLiteral);
}

/// <summary>A number field that is one of some values.</summary>
sealed class NumberMatcher(LineField field, long[] values) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts) => field.TryGetNumber(line, out var number) && values.AsSpan().Contains(number);

    public override IReadOnlyCollection<long>? Statuses => @field.Name == LineField.Status ? values : null;

    public override bool NeedsMessage => @field.IsOfMessage;
}

/// <summary>How a number is compared.</summary>
enum NumberComparison { Less, LessOrEqual, Greater, GreaterOrEqual }

/// <summary>A number field that compares to a value.</summary>
sealed class NumberRangeMatcher(LineField field, NumberComparison comparison, long value) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts) => field.TryGetNumber(line, out var number) && comparison switch
    {
        NumberComparison.Less => number < value,
        NumberComparison.LessOrEqual => number <= value,
        NumberComparison.Greater => number > value,
        _ => number >= value,
    };

    public override IReadOnlyCollection<long>? Statuses { get; } = field.Name == LineField.Status ? [.. Enumerable.Range(0, RuleFilter.Statuses).Select(status => (long)status).Where(status => comparison switch
    {
        NumberComparison.Less => status < value,
        NumberComparison.LessOrEqual => status <= value,
        NumberComparison.Greater => status > value,
        _ => status >= value,
    })] : null;

    public override bool NeedsMessage => @field.IsOfMessage;
}

/// <summary>A field one of whose texts, or their URL-decoded copies, is as a derived class says.</summary>
abstract class FieldMatcher(LineField field) : Matcher
{
    public sealed override bool NeedsMessage => @field.IsOfMessage;

    public sealed override bool IsMatch(in LogLine line, LineTexts texts)
    {
        if (field.IsNumber)
        {
            Span<byte> digits = stackalloc byte[LineField.MaxDisplayBytes];
            return field.IsIn(line) && Compare(digits[..field.WriteDisplay(line, digits)], texts);
        }
        foreach (var part in field.Parts)
        {
            var text = part.In(line, texts);
            if (text.IsEmpty) continue;
            if (Compare(text, texts)) return true;
            if (part.Encoded == EncodedPart.None || !LineTexts.IsEncoded(text)) continue;
            if (Compare(texts.Once(part.Encoded, text), texts)) return true;
            if (texts.Twice(part.Encoded, text) is { IsEmpty: false } twice && Compare(twice, texts)) return true;
        }
        return false;
    }

    protected abstract bool Compare(ReadOnlySpan<byte> text, LineTexts texts);
}

/// <summary>A field that fits a pattern.</summary>
sealed class TextMatcher(LineField field, TextPattern pattern) : FieldMatcher(field)
{
    readonly LineField field = field;

    protected override bool Compare(ReadOnlySpan<byte> text, LineTexts texts) => pattern.IsMatch(text);

    // The digits of a number need not stand in the line as they are written here.
    public override Literals? Needs => @field.IsNumber ? null : Literals.Of(pattern.LongestLiteral, @field);
}

/// <summary>A field that a regular expression matches. It sees all of a text: what is padded, to push the rest out of sight, is found too.</summary>
sealed class RegexMatcher(LineField field, Lazy<Regex> regex) : FieldMatcher(field)
{
    protected override bool Compare(ReadOnlySpan<byte> text, LineTexts texts) => regex.Value.IsMatch(texts.Characters(text));
}

/// <summary>An address that is in one of some networks.</summary>
sealed class CidrMatcher(LineField field, IPNetwork[] networks) : FieldMatcher(field)
{
    const int LongestAddress = 64;

    protected override bool Compare(ReadOnlySpan<byte> text, LineTexts texts)
    {
        Span<char> characters = stackalloc char[LongestAddress];
        if (text.Length > LongestAddress || Ascii.ToUtf16(text, characters, out var length) != System.Buffers.OperationStatus.Done || !IPAddress.TryParse(characters[..length], out var address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in networks) if (network.Contains(address)) return true;
        return false;
    }
}

/// <summary>A field that compares to another one of the same line.</summary>
sealed class FieldReferenceMatcher(LineField field, LineField other, TextComparison comparison, bool cased) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts)
    {
        Span<byte> room = stackalloc byte[LineField.MaxDisplayBytes], otherRoom = stackalloc byte[LineField.MaxDisplayBytes];
        if (!field.IsIn(line) || !other.IsIn(line)) return false;
        var text = field.IsNumber ? room[..field.WriteDisplay(line, room)] : field.GetText(line, texts);
        var value = other.IsNumber ? otherRoom[..other.WriteDisplay(line, otherRoom)] : other.GetText(line, texts);
        if (comparison == TextComparison.Contains) return (cased ? text.IndexOf(value) : ByteText.IndexOfIgnoreCase(text, value)) >= 0;
        if (text.Length < value.Length || comparison == TextComparison.Equals && text.Length != value.Length) return false;
        text = comparison == TextComparison.EndsWith ? text[^value.Length..] : text[..value.Length];
        return cased ? text.SequenceEqual(value) : ByteText.EqualsIgnoreCase(text, value);
    }
}

/// <summary>A field that the line has, or doesn't have: Sigma's <c>exists</c> and <c>null</c>.</summary>
sealed class ExistsMatcher(LineField field, bool exists) : Matcher
{
    public override bool IsMatch(in LogLine line, LineTexts texts) => field.IsIn(line) == exists;
}
