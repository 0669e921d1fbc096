using System.Text;
using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>Each way of searching agrees with looking for one text after the other.</summary>
public sealed class LiteralSearchTests
{
    // Few different bytes, so that texts are found and nearly found; a letter beyond ASCII, and what differs from a letter in one bit.
    static readonly Gen<byte> letter = Gen.Int[0, 9].Select(i => "abAB[{@`\xE4\xC4"[i]).Select(c => (byte)c);

    [Fact]
    public void EveryWayFindsWhatANaiveSearchFinds()
    {
        Gen.Select(letter.Array[3, 6].Array[1, LiteralSearch.MaxTexts], letter.Array[0, 120]).Sample((texts, text) =>
        {
            var search = Search(texts);
            var expected = Naive(texts, text);
            Assert.Equal(expected, Found(search.Find, text));
            Assert.Equal(expected, Found(search.FindPlain, text));
            // As short as the narrower vectors take, which only some lengths reach on a processor with the wider ones.
            if (text.Length >= 18) Assert.Equal(Naive(texts, text[..18]), Found(search.Find, text[..18]));
        }, iter: 20_000);
    }

    [Fact]
    public void ATextIsFoundAtEveryPlaceOfEveryLength()
    {
        var search = Search(["needle"u8.ToArray()]);
        for (var length = 6; length < 110; length++)
            for (var at = 0; at + 6 <= length; at++)
            {
                var text = Enumerable.Repeat((byte)'e', length).ToArray();
                "NeedLE"u8.CopyTo(text.AsSpan(at));
                Assert.Equal(1UL, Found(search.Find, text));
                Assert.Equal(1UL, Found(search.FindPlain, text));
                Assert.Equal(0UL, Found(search.Find, text[..(at + 5)]));
            }
    }

    [Fact]
    public void MoreTextsThanItTakesAreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Search([.. Enumerable.Range(0, LiteralSearch.MaxTexts + 1).Select(i => Encoding.UTF8.GetBytes($"text {i}"))]));

    delegate void Finder(ReadOnlySpan<byte> text, Span<ulong> bits);

    static LiteralSearch Search(byte[][] texts) => new([.. texts.Select((text, i) => (text, new[] { 1UL << i }))]);

    static ulong Found(Finder find, byte[] text)
    {
        Span<ulong> bits = stackalloc ulong[1];
        find(text, bits);
        return bits[0];
    }

    static ulong Naive(byte[][] texts, byte[] text)
    {
        ulong found = 0;
        for (var i = 0; i < texts.Length; i++)
            for (var at = 0; at + texts[i].Length <= text.Length; at++)
                if (texts[i].Zip(text.Skip(at)).All(pair => Lower(pair.First) == Lower(pair.Second))) found |= 1UL << i;
        return found;
    }

    static int Lower(byte b) => b is >= 65 and <= 90 ? b + 32 : b;
}
