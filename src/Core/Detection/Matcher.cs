using System.Text;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>A compiled condition on one line. Matches bytes, allocates nothing, takes time linear in the line.</summary>
abstract class Matcher
{
    public abstract bool IsMatch(in LogLine line);

    /// <summary>Texts one of which stands in every line that matches; null where there are none to name.</summary>
    public virtual Literals? Needs => null;

    /// <summary>The statuses of every line that matches; null where any will do.</summary>
    public virtual IReadOnlyCollection<long>? Statuses => null;
}

sealed class AllOf(Matcher[] parts) : Matcher
{
    public override bool IsMatch(in LogLine line)
    {
        foreach (var part in parts) if (!part.IsMatch(line)) return false;
        return true;
    }

    public override Literals? Needs { get; } = Literals.OfAll(parts);

    public override IReadOnlyCollection<long>? Statuses { get; } = parts.Select(part => part.Statuses).OfType<IReadOnlyCollection<long>>().MinBy(statuses => statuses.Count);
}

sealed class AnyOf(Matcher[] parts) : Matcher
{
    public override bool IsMatch(in LogLine line)
    {
        foreach (var part in parts) if (part.IsMatch(line)) return true;
        return false;
    }

    public override Literals? Needs { get; } = Literals.OfAny(parts);

    public override IReadOnlyCollection<long>? Statuses { get; } = parts.All(part => part.Statuses is not null) ? [.. parts.SelectMany(part => part.Statuses!)] : null;
}

sealed class Negation(Matcher part) : Matcher
{
    public override bool IsMatch(in LogLine line) => !part.IsMatch(line);
}

/// <summary>A keyword: anywhere in the raw line, whatever the case.</summary>
sealed class KeywordMatcher(string keyword) : Matcher
{
    readonly byte[] keyword = Encoding.UTF8.GetBytes(keyword);

    public override bool IsMatch(in LogLine line) => ByteText.ContainsIgnoreCase(line.Raw, keyword);

    public override Literals? Needs => Literals.Of(keyword);
}

/// <summary>A number field that is one of some values.</summary>
sealed class NumberMatcher(LineField field, long[] values) : Matcher
{
    public override bool IsMatch(in LogLine line) => field.TryGetNumber(line, out var number) && values.AsSpan().Contains(number);

    public override IReadOnlyCollection<long>? Statuses => @field.Name == LineField.Status ? values : null;
}

/// <summary>How a text field is compared; always without regard to ASCII case, as Sigma has it.</summary>
enum TextComparison { Equals, Contains, StartsWith, EndsWith }

/// <summary>A text field that compares to a value.</summary>
sealed class TextMatcher(LineField field, TextComparison comparison, string value) : Matcher
{
    readonly byte[] value = Encoding.UTF8.GetBytes(value);

    public override bool IsMatch(in LogLine line)
    {
        var text = field.GetText(line);
        if (text.IsEmpty) return false;
        return comparison switch
        {
            TextComparison.Equals => ByteText.EqualsIgnoreCase(text, value),
            TextComparison.Contains => ByteText.ContainsIgnoreCase(text, value),
            TextComparison.StartsWith => text.Length >= value.Length && ByteText.EqualsIgnoreCase(text[..value.Length], value),
            _ => text.Length >= value.Length && ByteText.EqualsIgnoreCase(text[^value.Length..], value),
        };
    }

    public override Literals? Needs => Literals.Of(value, @field);
}

/// <summary>A field that the line doesn't have: Sigma's <c>null</c>.</summary>
sealed class AbsentMatcher(LineField field) : Matcher
{
    public override bool IsMatch(in LogLine line) => field.IsNumber ? !field.TryGetNumber(line, out _) : field.GetText(line).IsEmpty;
}

/// <summary>Byte text without regard to ASCII case. Other bytes compare as they are.</summary>
static class ByteText
{
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> other)
    {
        if (text.Length != other.Length) return false;
        if (Ascii.EqualsIgnoreCase(text, other)) return true;
        // Ascii.EqualsIgnoreCase is false for anything beyond ASCII: compare byte by byte there.
        for (var i = 0; i < text.Length; i++) if (Fold(text[i]) != Fold(other[i])) return false;
        return true;
    }

    public static bool ContainsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return true;
        byte lower = Fold(value[0]), upper = lower is >= (byte)'a' and <= (byte)'z' ? (byte)(lower - 32) : lower;
        while (text.Length >= value.Length)
        {
            var at = text[..(text.Length - value.Length + 1)].IndexOfAny(lower, upper);
            if (at < 0) return false;
            if (EqualsIgnoreCase(text.Slice(at, value.Length), value)) return true;
            text = text[(at + 1)..];
        }
        return false;
    }

    /// <summary>A letter in its other case; other bytes as they are.</summary>
    public static byte SwapCase(byte b) => Fold(b) is >= (byte)'a' and <= (byte)'z' ? (byte)(b ^ 0x20) : b;

    static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b;
}
