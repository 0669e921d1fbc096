using System.Text;
using CsCheck;
using LogMonitor.Core.Chunks;

namespace LogMonitor.Core.Tests.Chunks;

public sealed class LineReaderTests
{
    [Fact]
    public void FramingEqualsSplittingWhateverTheReadSizes() =>
        Gen.Select(Gen.Byte.Select(b => b % 5 == 0 ? (byte)'\n' : b).Array[0, 300], Gen.Int[1, 40], Gen.Int[1, 64]).Sample((bytes, readSize, maxLine) =>
        {
            var expected = Split(bytes, maxLine);
            var found = ReadAll(bytes, readSize, maxLine);
            Assert.Equal(expected, found);
        });

    [Fact]
    public void ALongLineIsCutAndStaysOneLine() =>
        Assert.Equal([("aaaa", true), ("b", false)], ReadAll("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb"u8.ToArray(), 3, 4));

    [Fact]
    public void EachLineHasItsNumberAndItsPlaceInTheStream() =>
        Gen.Select(Gen.Byte.Select(b => b % 5 == 0 ? (byte)'\n' : b).Array[0, 300], Gen.Int[1, 40], Gen.Int[1, 64]).Sample((bytes, readSize, maxLine) =>
        {
            var reader = new LineReader(new DribblingStream(bytes, readSize), maxLine);
            long number = 0, start = 0;
            while (reader.FillAsync(CancellationToken.None).AsTask().Result)
                while (reader.TryReadLine(out var line, out _))
                {
                    Assert.Equal((++number, start), (reader.LineNumber, reader.LineStart));
                    Assert.Equal(bytes.AsSpan((int)start, line.Length), line);
                    var end = bytes.AsSpan((int)start).IndexOf((byte)'\n');
                    start = end < 0 ? bytes.Length : start + end + 1;
                }
            Assert.Equal(bytes.Length, start);
        });

    static List<(string, bool)> Split(byte[] bytes, int maxLine)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n').ToList();
        if (lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return [.. lines.Select(line => line.Length > maxLine ? (line[..maxLine], true) : (line, false))];
    }

    static List<(string, bool)> ReadAll(byte[] bytes, int readSize, int maxLine)
    {
        var reader = new LineReader(new DribblingStream(bytes, readSize), maxLine);
        var lines = new List<(string, bool)>();
        while (reader.FillAsync(CancellationToken.None).AsTask().Result)
            while (reader.TryReadLine(out var line, out var isCut)) lines.Add((Encoding.Latin1.GetString(line), isCut));
        return lines;
    }

    /// <summary>Gives a few bytes at a time.</summary>
    sealed class DribblingStream(byte[] bytes, int readSize) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(readSize, buffer.Length)], cancellationToken);
    }
}
