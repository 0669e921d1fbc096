namespace LogMonitor.Core.Alerting.Plans;

/// <summary>
/// Patterns in which <c>*</c> is any characters, <c>?</c> one, and <c>\</c> makes the next mean itself. Case does not matter. (The framework's
/// <c>FileSystemName.MatchesSimpleExpression</c> takes <c>\?</c> for any character, too.)
/// </summary>
static class Wildcards
{
    /// <summary>Whether all of a text matches; at most as many steps as the product of both lengths.</summary>
    public static bool Matches(string pattern, string text)
    {
        var (at, p, star, resume) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, p, resume) = (p, p + 1, at);
            else if (StepAt(pattern, p, text[at]) is var step && step > 0) (p, at) = (p + step, at + 1);
            // What the last * stood for was too little: one character more.
            else if (star >= 0) (p, at, resume) = (star + 1, resume + 1, resume + 1);
            else return false;
        }
        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }

    /// <summary>A pattern that only a text itself matches.</summary>
    public static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal).Replace("?", @"\?", StringComparison.Ordinal);

    /// <summary>How many characters of a pattern one of a text takes; 0 when it doesn't match there.</summary>
    static int StepAt(string pattern, int at, char character)
    {
        if (at >= pattern.Length) return 0;
        if (pattern[at] == '?') return 1;
        var isEscaped = pattern[at] == '\\' && at + 1 < pattern.Length;
        var wanted = isEscaped ? pattern[at + 1] : pattern[at];
        return char.ToUpperInvariant(wanted) == char.ToUpperInvariant(character) ? isEscaped ? 2 : 1 : 0;
    }
}
