using System.Buffers;
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

    [Fact]
    public void BytesThatAreNoCharacterCountAsOneEach()
    {
        // Characters of two, three and four bytes, whole and broken.
        byte[] alphabet = [(byte)'a', (byte)'b', 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80, 0xFF];
        Gen.Select(Gen.Int[0, alphabet.Length - 1].Array[0, 12], Gen.Char["abé€**??"].Array[1, 6], Gen.Enum<TextComparison>()).Sample((text, pattern, comparison) =>
        {
            byte[] bytes = [.. text.Select(i => alphabet[i])];
            var tokens = Tokens(new string(pattern));
            if (comparison is TextComparison.Contains or TextComparison.EndsWith) tokens.Insert(0, '\0');
            if (comparison is TextComparison.Contains or TextComparison.StartsWith) tokens.Add('\0');
            Assert.Equal(Matches([.. tokens], Characters(bytes), cased: true), TextPattern.Parse(new string(pattern), comparison, cased: true).IsMatch(bytes));
        }, iter: 30_000, threads: 1);
    }

    // One char for each character, and one that no pattern has for each byte that is none.
    static string Characters(ReadOnlySpan<byte> bytes)
    {
        var characters = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            var isOne = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done;
            characters.Append(isOne && rune.IsBmp ? (char)rune.Value : '\uFFFF');
            bytes = bytes[(isOne ? length : 1)..];
        }
        return characters.ToString();
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
