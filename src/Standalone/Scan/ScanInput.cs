using System.IO.Compression;
using LogMonitor.Core.Text;
using Microsoft.Win32.SafeHandles;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace LogMonitor.Standalone.Scan;

/// <summary>One file, or standard input, opened and decompressed by what it begins with, whatever its name.</summary>
sealed class ScanInput : IDisposable
{
    /// <summary>The name of standard input among the files.</summary>
    public const string Standard = "-";

    /// <summary>zstd's window, 16 MiB: what it looks back while decompressing. Up to level 19 it asks for half of that; <c>--long</c> and <c>--ultra</c> may ask for more.</summary>
    const int MaxWindowBits = 24;

    readonly SourceStream source;
    readonly string? compression;

    ScanInput(string name, SourceStream source, DateTimeOffset lastWrite)
    {
        this.source = source;
        (Name, LastWrite) = (DisplayText.From(name).ToString(), lastWrite);
        compression = source.Beginning switch
        {
            [0x1F, 0x8B, ..] => "gzip",
            [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => "zstd", // a frame, or one to skip, as pzstd begins with
            [0xFD, (byte)'7', (byte)'z', (byte)'X', ..] => throw Compressed("xz", "xz -dc"),
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => throw Compressed("bzip2", "bzip2 -dc"),
            _ => null,
        };
        Content = compression switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "zstd" => Decompress(source),
            _ => source,
        };
    }

    /// <summary>As it was given, in display form.</summary>
    public string Name { get; }

    /// <summary>The lines.</summary>
    public Stream Content { get; }

    /// <summary>When it was last written; now, for what is being written.</summary>
    public DateTimeOffset LastWrite { get; }

    /// <summary>Bytes read of <see cref="Length"/>; compressed ones, where it is compressed.</summary>
    public long Position => source.Position;

    /// <summary>Bytes to read; 0 where that is not known.</summary>
    public long Length => source.Length;

    /// <summary>Whether opening it again begins at its beginning; not for a pipe, where what was read has gone.</summary>
    public bool IsReopenable => source.IsFile;

    /// <exception cref="UserErrorException">It can't be read, or not decompressed.</exception>
    public static ScanInput Open(string path, TimeProvider time)
    {
        var shown = DisplayText.From(path);
        try
        {
            if (path == Standard)
                return new ScanInput("standard input", new SourceStream(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0)), time.GetUtcNow());
            if (Directory.Exists(path)) throw new UserErrorException($"'{shown}' is a directory. Name the files in it, such as {DisplayText.From(Path.Combine(path, "*.log"))}.");
            var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan });
            return new ScanInput(path, new SourceStream(file), file.CanSeek ? File.GetLastWriteTimeUtc(file.SafeFileHandle) : time.GetUtcNow());
        }
        catch (FileNotFoundException)
        {
            throw new UserErrorException($"'{shown}' does not exist. Check its name; quote a name with spaces.");
        }
        catch (DirectoryNotFoundException)
        {
            throw new UserErrorException($"'{shown}' does not exist: there is no such directory.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException($"'{shown}' can't be read by this user. Logs are often readable by the group adm: add the user to it, or use sudo.");
        }
        catch (IOException e)
        {
            throw new UserErrorException($"'{shown}' can't be read: {e.Message}");
        }
    }

    /// <summary>What the person at the terminal is told about a failure to read on; null where it is no such failure.</summary>
    public UserErrorException? Explain(Exception failure) => failure switch
    {
        ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge } => new UserErrorException(
            $"'{Name}' needs more memory than is given to decompressing it: it was compressed with a window of more than 16 MiB (zstd --long, --ultra). Decompress it on the way: zstd -dc --long=31 FILE | logmonitor scan"),
        InvalidDataException or ZstdException or EndOfStreamException when compression is not null => new UserErrorException(
            $"'{Name}' is broken or not complete: its {compression} data can't be decompressed behind byte {Position}. The lines before count; for the others, copy it again."),
        IOException or UnauthorizedAccessException => new UserErrorException($"'{Name}' can't be read on behind byte {Position}: {failure.Message}. The lines before count."),
        _ => null,
    };

    public void Dispose()
    {
        Content.Dispose();
        source.Dispose();
    }

    static DecompressionStream Decompress(Stream source)
    {
        var stream = new DecompressionStream(source);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowBits);
        return stream;
    }

    UserErrorException Compressed(string format, string command)
    {
        source.Dispose();
        return new UserErrorException($"'{Name}' is compressed with {format}, which is not read here. Decompress it on the way: {command} FILE | logmonitor scan");
    }
}
