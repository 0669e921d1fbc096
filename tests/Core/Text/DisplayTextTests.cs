using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Tests.Text;

public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("Grüße, 日本", "Grüße, 日本")]
    [InlineData("\u001b[31mred\u0007", @"\x1b[31mred\x07")]
    [InlineData("a\r\nBcc: x", @"a\x0d\x0aBcc: x")]
    [InlineData("abc\u202Etxt.exe", @"abc\u{202e}txt.exe")]
    [InlineData("line\u2028sep", @"line\u{2028}sep")]
    public void ControlAndFormatCharactersAreShownNotObeyed(string hostile, string expected) =>
        Assert.Equal(expected, DisplayText.From(hostile).ToString());

    [Fact]
    public void InvalidUtf8IsShownAsBytes() =>
        Assert.Equal(@"a\xff\xfeb", DisplayText.From([(byte)'a', 0xFF, 0xFE, (byte)'b']).ToString());

    [Fact]
    public void WhateverTheBytesOneLineOfPrintableTextIsLeft() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 200], Gen.String.Select(Encoding.UTF8.GetBytes)), Gen.Int[1, 300]).Sample((bytes, maxLength) =>
        {
            var text = DisplayText.From(bytes, maxLength).ToString();
            Assert.True(text.Length <= maxLength + 1);
            Assert.DoesNotContain(text.EnumerateRunes(), rune => Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
            Assert.Equal(text.TrimEnd('…'), DisplayText.From(text.TrimEnd('…'), maxLength).ToString());
        });

    [Fact]
    public void InJsonItIsAStringAndWhatIsReadIsMadeDisplayableAgain()
    {
        Assert.Equal(@"""a\\x1b""", JsonSerializer.Serialize(DisplayText.From("a\u001b")));
        Assert.Equal(@"a\x1b", JsonSerializer.Deserialize<DisplayText>(@"""a\u001b""").ToString());
        Assert.Equal(DisplayText.Empty, JsonSerializer.Deserialize<DisplayText>(@""""""));
    }

    [Fact]
    public void LongTextIsCutAtAWholeCharacter()
    {
        var text = DisplayText.From(Encoding.UTF8.GetBytes(new string('ü', 600))).ToString();
        Assert.Equal(new string('ü', 500) + "…", text);
    }
}
