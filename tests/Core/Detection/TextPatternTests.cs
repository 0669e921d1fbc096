using System.Text;
using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Wildcards and escapes, held against a matcher that is slow and obviously right.</summary>
public sealed class TextPatternTests
{
    [Fact]
    public void APatternMatchesWhatItSays()
    {
        // Characters of one to three bytes, two of them alike in the first.
        var text = Gen.Char["abA*?\\éèé€"].Array[0, 8].Select(letters => new string(letters));
        Gen.Select(text, text, Gen.Enum<TextComparison>(), Gen.Bool).Sample((pattern, value, comparison, cased) =>
        {
            var tokens = Tokens(pattern);
            if (comparison is TextComparison.Contains or TextComparison.EndsWith) tokens.Insert(0, '\0');
            if (comparison is TextComparison.Contains or TextComparison.StartsWith) tokens.Add('\0');
            var expected = Matches([.. tokens], cased ? value : value.ToLowerInvariant(), cased);
            Assert.Equal(expected, TextPattern.Parse(pattern, comparison, cased).IsMatch(Encoding.UTF8.GetBytes(value)));
        }, iter: 20_000, threads: 1);
    }

    [Fact]
    public void WhatAPatternNeedsStandsInAllThatItMatches()
    {
        var text = Gen.Char["ab*?\\"].Array[0, 8].Select(letters => new string(letters));
        Gen.Select(text, text).Sample((pattern, value) =>
        {
            var compiled = TextPattern.Parse(pattern, TextComparison.Contains, cased: false);
            if (compiled.IsMatch(Encoding.UTF8.GetBytes(value))) Assert.Contains(Encoding.UTF8.GetString(compiled.LongestLiteral), value, StringComparison.OrdinalIgnoreCase);
        }, iter: 20_000, threads: 1);
    }

    // '\0' for any number, '\u0001' for one, else the character.
    static List<char> Tokens(string pattern)
    {
        var tokens = new List<char>();
        for (var i = 0; i < pattern.Length; i++)
            if (pattern[i] == '\\' && i + 1 < pattern.Length && "*?\\".Contains(pattern[i + 1], StringComparison.Ordinal)) tokens.Add(pattern[++i]);
            else tokens.Add(pattern[i] switch { '*' => '\0', '?' => '\u0001', var other => other });
        return tokens;
    }

    static bool Matches(ReadOnlySpan<char> tokens, ReadOnlySpan<char> value, bool cased)
    {
        if (tokens.IsEmpty) return value.IsEmpty;
        if (tokens[0] == '\0') return Matches(tokens[1..], value, cased) || !value.IsEmpty && Matches(tokens, value[1..], cased);
        return !value.IsEmpty && (tokens[0] == '\u0001' || value[0] == (cased ? tokens[0] : char.ToLowerInvariant(tokens[0]))) && Matches(tokens[1..], value[1..], cased);
    }
}
