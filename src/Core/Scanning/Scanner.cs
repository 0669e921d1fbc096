using System.Buffers;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Scanning;

/// <summary>Analyses log files in one go, without storage: read → framed into lines → parsed → counted and matched → reported. Not thread-safe.</summary>
public sealed class Scanner(RuleSet rules, ScanOptions options)
{
    readonly ScanCounter counter = new(rules, options);
    long bytes;

    /// <summary>Scans one file.</summary>
    /// <param name="input">Its content, decompressed. Owned by the caller.</param>
    /// <param name="name">What it is called where several are scanned; else null.</param>
    /// <param name="referenceTime">When it was last written: the time of lines before the first that has one, and what tells the year where a format leaves it out.</param>
    /// <param name="lines">Where an object for each line is written (see <see cref="ScanLine"/>); null for nowhere.</param>
    /// <param name="cancellationToken">Ends it between two reads.</param>
    /// <exception cref="FormatException">The options name no known format.</exception>
    public async Task ScanAsync(Stream input, string? name, DateTimeOffset referenceTime, Stream? lines, CancellationToken cancellationToken)
    {
        var reader = new LineReader(input, bufferBytes: ScanLimits.BufferBytes);
        var parser = new LineParser(new ParserOptions { Format = options.Format, Zone = options.Zone, ReferenceTime = referenceTime });
        var buffer = lines is null ? new ArrayBufferWriter<byte>() : new ArrayBufferWriter<byte>(ScanLimits.BufferBytes);
        using var writer = lines is null ? null : new ScanLineWriter(rules, buffer);
        counter.Begin(referenceTime);
        long number = 0;
        try
        {
            while (await reader.FillAsync(cancellationToken).ConfigureAwait(false))
                while (CountSome(reader, parser, name, ref number, writer, buffer))
                {
                    if (lines is null) continue;
                    await lines.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
                    buffer.ResetWrittenCount();
                }
        }
        finally
        {
            bytes += reader.BytesRead; // also of a file that can't be read to its end
        }
    }

    /// <summary>What was found in all files so far.</summary>
    public ScanReport ToReport() => counter.ToReport(bytes);

    /// <summary>Takes lines while there are any, or until what they made should be written; false where nothing was taken.</summary>
    bool CountSome(LineReader reader, LineParser parser, string? name, ref long number, ScanLineWriter? writer, ArrayBufferWriter<byte> buffer)
    {
        var before = number;
        while (buffer.WrittenCount < ScanLimits.BufferBytes / 2 && reader.TryReadLine(out var raw, out var isCut))
        {
            number++;
            LogLine line;
            if (isCut) line = new LogLine(raw) { Reason = UnknownReason.TooLong };
            else parser.Parse(raw, out line);
            (line.Number, line.Start) = (number, reader.LineStart);
            if (counter.Add(line, name, number)) writer?.Write(name, number, line, counter.Matched);
        }
        return number > before;
    }
}
