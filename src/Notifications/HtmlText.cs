using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications;

/// <summary>
/// HTML under construction. Literals are markup; what stands in braces is encoded, and only the types named below may
/// stand there: text that nobody encoded does not compile.
/// </summary>
[InterpolatedStringHandler]
readonly struct HtmlText(int literalLength, int formattedCount)
{
    readonly StringBuilder html = new(literalLength + formattedCount * 32);

    public void AppendLiteral(string markup) => html.Append(markup);

    public void AppendFormatted(DisplayText text) => html.Append(WebUtility.HtmlEncode(text.ToString()));

    public void AppendFormatted(Uri address) => html.Append(WebUtility.HtmlEncode(address.AbsoluteUri));

    public void AppendFormatted(Style style) => html.Append(style.Css);

    public void AppendFormatted(HtmlText part) => html.Append(part.html);

    public void AppendFormatted(IEnumerable<HtmlText> parts)
    {
        foreach (var part in parts) html.Append(part.html);
    }

    public override string ToString() => html.ToString();

    /// <summary>Reads as what it does at the place of use: <c>HtmlText.Of($"&lt;p&gt;{text}&lt;/p&gt;")</c>.</summary>
    public static HtmlText Of(HtmlText html) => html;

    /// <summary>Declarations of our own, never from outside.</summary>
    public readonly record struct Style(string Css);
}
