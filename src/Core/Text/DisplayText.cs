using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;

namespace LogMonitor.Core.Text;

/// <summary>
/// Text from a log, made safe to show to a person. Attackers write log lines, so every sink (page, mail, terminal,
/// report file) takes this type and none takes a raw line: a control character, a terminal escape sequence or a
/// bidirectional override can't reach a reader by being forgotten.
/// </summary>
/// <remarks>
/// What is left is one line of printable Unicode; made again from what it shows, it is the same. It is not yet markup: HTML and CSV
/// sinks still encode for their syntax.
/// </remarks>
[JsonConverter(typeof(DisplayTextConverter))]
public readonly record struct DisplayText
{
    /// <summary>The length, in characters, at which a display form is cut and marked with an ellipsis.</summary>
    public const int MaxLength = 500;

    readonly string? text;

    DisplayText(string text) => this.text = text;

    /// <summary>Nothing to show.</summary>
    public static DisplayText Empty => default;

    /// <summary>
    /// Makes bytes of a log displayable. Invalid UTF-8 becomes <c>\xHH</c>; control and format characters become
    /// <c>\xHH</c> or <c>\u{H}</c>; what exceeds <paramref name="maxLength"/> characters is cut.
    /// </summary>
    public static DisplayText From(ReadOnlySpan<byte> utf8, int maxLength = MaxLength)
    {
        var builder = new StringBuilder(Math.Min(utf8.Length, maxLength) + 1);
        while (!utf8.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            var length = builder.Length;
            if (status == OperationStatus.Done) AppendRune(builder, rune);
            else foreach (var b in utf8[..consumed]) builder.Append(@"\x").Append(b.ToString("x2", null));
            if (builder.Length > maxLength)
            {
                builder.Length = length;
                builder.Append('…');
                break;
            }
            utf8 = utf8[consumed..];
        }
        return new DisplayText(builder.ToString());
    }

    /// <inheritdoc cref="From(ReadOnlySpan{byte}, int)"/>
    public static DisplayText From(string? text, int maxLength = MaxLength)
    {
        if (string.IsNullOrEmpty(text)) return Empty;
        // A lone surrogate encodes as U+FFFD here, which is displayable.
        return From(Encoding.UTF8.GetBytes(text), maxLength);
    }

    /// <inheritdoc/>
    public override string ToString() => text ?? "";

    static void AppendRune(StringBuilder builder, Rune rune)
    {
        if (IsPrintable(rune)) builder.Append(rune.ToString());
        else if (rune.Value <= 0xFF) builder.Append(@"\x").Append(rune.Value.ToString("x2", null));
        else builder.Append(@"\u{").Append(rune.Value.ToString("x", null)).Append('}');
    }

    static bool IsPrintable(Rune rune) => rune.Value is >= 0x20 and < 0x7F || Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
        or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
        or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned
        or System.Globalization.UnicodeCategory.Surrogate);
}
