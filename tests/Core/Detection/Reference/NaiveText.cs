namespace LogMonitor.Core.Tests.Detection.Reference;

/// <summary>Sigma's comparison of texts, written down as it is said: slow, and obviously right.</summary>
static class NaiveText
{
    /// <summary>Whether a text is like a pattern with <c>*</c>, <c>?</c> and escapes.</summary>
    public static bool IsLike(string text, string pattern, bool cased)
    {
        var tokens = Tokens(pattern);
        return IsLike(text, 0, tokens, 0, cased);
    }

    static bool IsLike(string text, int at, List<(char Char, bool Wild)> tokens, int token, bool cased)
    {
        if (token == tokens.Count) return at == text.Length;
        var (c, wild) = tokens[token];
        if (wild && c == '*') return IsLike(text, at, tokens, token + 1, cased) || at < text.Length && IsLike(text, at + 1, tokens, token, cased);
        return at < text.Length && (wild || Same(text[at], c, cased)) && IsLike(text, at + 1, tokens, token + 1, cased);
    }

    static List<(char Char, bool Wild)> Tokens(string pattern)
    {
        var tokens = new List<(char, bool)>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length && "*?\\".Contains(pattern[i + 1], StringComparison.Ordinal)) tokens.Add((pattern[++i], false));
            else tokens.Add((pattern[i], pattern[i] is '*' or '?'));
        }
        return tokens;
    }

    static bool Same(char a, char b, bool cased) => a == b || !cased && char.IsAscii(a) && char.ToLowerInvariant(a) == char.ToLowerInvariant(b);

    /// <summary>The text, and URL-decoded once and twice.</summary>
    public static IEnumerable<string> Copies(string text) => [text, Decode(text), Decode(Decode(text))];

    static string Decode(string text)
    {
        var decoded = "";
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                decoded += (char)Convert.ToInt32(text.Substring(i + 1, 2), 16);
                i += 2;
            }
            else decoded += text[i] == '+' ? ' ' : text[i];
        }
        return decoded;
    }
}
