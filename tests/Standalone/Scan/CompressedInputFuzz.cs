using System.Text;
using LogMonitor.Core.Chunks;
using LogMonitor.Standalone.Scan;
using LogMonitor.Tests.Support;
using ZstdSharp;

namespace LogMonitor.Standalone.Tests.Scan;

/// <summary>Broken gzip and zstd files: each is read as far as it goes, and then a person is told what is wrong with it.</summary>
public sealed class CompressedInputFuzz : IDisposable
{
    static readonly byte[] raw = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"192.0.2.{i} - - [17/May/2025:10:05:03 +0000] \"GET /{i * i} HTTP/1.1\" 200 {i}\n")));

    readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void ABrokenGzipFileIsReadOrExplained() => Check(TestChunk.Gzip(raw));

    [Fact]
    public void ABrokenZstdFileIsReadOrExplained()
    {
        using var compressor = new Compressor();
        Check(compressor.Wrap(raw).ToArray());
    }

    void Check(byte[] good) => Fuzz.Repeat(random => Broken(random, good), (_, bytes) =>
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            using var input = ScanInput.Open(path, TimeProvider.System);
            try
            {
                Read(input).GetAwaiter().GetResult();
            }
            catch (Exception e) when (input.Explain(e) is not null)
            {
                // Told to who scans, with what to do.
            }
        }
        catch (UserErrorException)
        {
            // Told so at once.
        }
    });

    static async Task Read(ScanInput input)
    {
        var reader = new LineReader(input.Content);
        while (await reader.FillAsync(CancellationToken.None))
            while (reader.TryReadLine(out var line, out _))
                Assert.True(line.Length <= ChunkLimits.MaxParsedLineBytes);
    }

    static byte[] Broken(Random random, byte[] good)
    {
        byte[] bytes = [.. good];
        for (var i = random.Next(5); i > 0 && bytes.Length > 0; i--)
        {
            // Mostly near the beginning, where the headers are.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(16, bytes.Length) : bytes.Length), to = random.Next(at, bytes.Length + 1);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[(at + 1)..]],
                1 => bytes[..at],
                2 => [.. bytes[..at], .. bytes[to..]],
                3 => [.. bytes[..to], .. bytes[at..]],
                _ => [.. bytes, .. good],
            };
        }
        return bytes;
    }
}
