using LogMonitor.Core.Chunks;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Core.Pipeline;

/// <summary>What came of delivering a blob.</summary>
public enum IngestOutcome
{
    Ingested,
    /// <summary>The ledger holds it: nothing was written.</summary>
    AlreadyIngested,
    /// <summary>It can't be ingested, now or later.</summary>
    Quarantined,
    /// <summary>It is no longer there: archived or quarantined since the event was sent.</summary>
    Gone,
    /// <summary>It is a host's test whether it may upload: nothing to read.</summary>
    Test,
    /// <summary>It says that a host is there.</summary>
    Heartbeat,
}

/// <summary>
/// Ingests one blob: reads it as a stream, parses, classifies and matches each line, and stores what was found under keys made of
/// the chunk's identity. Counts and matches are written before the ledger: a crash between them leaves rows that the next
/// delivery writes again, and a chunk is not in the ledger before all of it is stored (invariants I1, I4).
/// </summary>
public sealed partial class ChunkIngestor(
    RuleBook rules, IChunkLedger ledger, ICountStore counts, IMatchStore matches, IHostStore hosts, TimeProvider time, ILogger<ChunkIngestor> logger)
{
    /// <summary>Ingests a blob that may have been delivered before, or be delivered at the same time elsewhere.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Ends it; what is written by then is written again by the next attempt.</param>
    /// <param name="isMissed">Whether a sweep has found it: reports say so.</param>
    public async Task<IngestOutcome> IngestAsync(IIncomingBlob blob, CancellationToken cancellationToken, bool isMissed = false)
    {
        if (TestBlob.Is(blob.Name)) return IngestOutcome.Test;
        if (HeartbeatBlob.TryParse(blob.Name, out var host)) return await BeatAsync(blob, host, cancellationToken).ConfigureAwait(false);
        if (!ChunkId.TryParse(blob.Name, out var id, out var problem))
            return await QuarantineAsync(blob, NamelessEntry(blob.Name) with { IsMissed = isMissed }, "not a chunk's name: " + problem, cancellationToken).ConfigureAwait(false);
        if (await ledger.FindAsync(id.Host, id.RowKey, cancellationToken).ConfigureAwait(false) is { } known)
            return await FinishAsync(blob, known, cancellationToken).ConfigureAwait(false);
        if (await blob.OpenAsync(cancellationToken).ConfigureAwait(false) is not var (content, metadata))
            return IngestOutcome.Gone;

        await using var _ = content;
        ChunkCounter counter;
        string format;
        try
        {
            (counter, format) = await CountAsync(id, content, metadata, cancellationToken).ConfigureAwait(false);
        }
        catch (BadChunkException e)
        {
            return await QuarantineAsync(blob, EntryOf(id, metadata) with { IsMissed = isMissed }, e.Message, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (hour, found) in counter.Hours)
        {
            await counts.SaveAsync(id, hour, found.Minutes, cancellationToken).ConfigureAwait(false);
            if (found.MatchGroups is { Count: > 0 } groups) await matches.SaveAsync(id, hour, groups, cancellationToken).ConfigureAwait(false);
        }
        var entry = EntryOf(id, metadata) with { IsMissed = isMissed, Summary = counter.Summary with { Format = format } };
        if (!await ledger.CommitAsync(entry, cancellationToken).ConfigureAwait(false)) return IngestOutcome.AlreadyIngested;
        PipelineMetrics.Ingested(entry);
        LogIngested(id.Host, id.Stream, format, entry.Summary.Lines, entry.Summary.Unknown);
        return IngestOutcome.Ingested;
    }

    /// <summary>Noted, then deleted: one that is delivered late says when it was sent, and twice changes nothing.</summary>
    async Task<IngestOutcome> BeatAsync(IIncomingBlob blob, string host, CancellationToken cancellationToken)
    {
        if (await blob.OpenAsync(cancellationToken).ConfigureAwait(false) is not var (content, metadata)) return IngestOutcome.Gone;
        await content.DisposeAsync().ConfigureAwait(false);
        await hosts.BeatAsync(host, metadata.UploadedAt ?? time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        await blob.DeleteAsync(cancellationToken).ConfigureAwait(false);
        return IngestOutcome.Heartbeat;
    }

    /// <summary>Reads, proves and counts a chunk; stores nothing.</summary>
    async Task<(ChunkCounter Counter, string Format)> CountAsync(ChunkId id, Stream compressed, ChunkMetadata metadata, CancellationToken cancellationToken)
    {
        await using var chunk = new ChunkStream(id, compressed);
        var reader = new LineReader(chunk);
        var parser = new LineParser(ParserOptionsOf(metadata));
        var counter = new ChunkCounter(await rules.GetAsync(cancellationToken).ConfigureAwait(false), metadata.CutTime);
        while (await reader.FillAsync(cancellationToken).ConfigureAwait(false))
            while (reader.TryReadLine(out var raw, out var isCut))
            {
                LogLine line;
                if (isCut) line = new LogLine(raw) { Reason = UnknownReason.TooLong };
                else parser.Parse(raw, out line);
                (line.Number, line.Start) = (reader.LineNumber, reader.LineStart);
                counter.Add(line);
            }
        chunk.Verify();
        return (counter, parser.Format);
    }

    ParserOptions ParserOptionsOf(ChunkMetadata metadata)
    {
        if (!metadata.TryFindZone(out var zone)) LogBadZone(metadata.SourcePath, metadata.Zone);
        var options = new ParserOptions { ReferenceTime = metadata.CutTime, Format = metadata.Format, Zone = zone };
        try
        {
            _ = new LineParser(options);
            return options;
        }
        catch (FormatException e)
        {
            LogBadFormat(metadata.SourcePath, metadata.Format, e.Message);
            return options with { Format = "auto" };
        }
    }

    async Task<IngestOutcome> QuarantineAsync(IIncomingBlob blob, LedgerEntry entry, string reason, CancellationToken cancellationToken)
    {
        entry = entry with { State = ChunkState.Quarantined, Reason = reason };
        var isNew = await ledger.CommitAsync(entry, cancellationToken).ConfigureAwait(false);
        await blob.QuarantineAsync(reason, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            PipelineMetrics.Quarantined(entry);
            LogQuarantined(blob.Name, reason);
        }
        return IngestOutcome.Quarantined;
    }

    /// <summary>A delivery of what the ledger holds. Only a quarantine may have been left half done.</summary>
    static async Task<IngestOutcome> FinishAsync(IIncomingBlob blob, LedgerEntry known, CancellationToken cancellationToken)
    {
        if (known.State != ChunkState.Quarantined) return IngestOutcome.AlreadyIngested;
        await blob.QuarantineAsync(known.Reason ?? "", cancellationToken).ConfigureAwait(false);
        return IngestOutcome.Quarantined;
    }

    LedgerEntry EntryOf(ChunkId id, ChunkMetadata metadata) => new()
    {
        Key = id.RowKey,
        Host = id.Host,
        Stream = id.Stream,
        BlobName = id.BlobName,
        State = ChunkState.Ingested,
        IngestedAt = time.GetUtcNow(),
        CutTime = metadata.CutTime,
        UploadedAt = metadata.UploadedAt,
    };

    LedgerEntry NamelessEntry(string blobName) => new()
    {
        Key = LedgerEntry.KeyOfNameless(blobName),
        Host = LedgerEntry.NoHost,
        Stream = "",
        BlobName = blobName,
        State = ChunkState.Quarantined,
        IngestedAt = time.GetUtcNow(),
        CutTime = time.GetUtcNow(),
    };

    [LoggerMessage(LogLevel.Information, "Ingested {Lines} lines of {Host}/{Stream}, format {Format} ({Unknown} unknown)")]
    partial void LogIngested(string host, string stream, string format, long lines, long unknown);

    [LoggerMessage(LogLevel.Warning, "Quarantined {Blob}: {Reason}. It was moved to the container 'quarantine' with the reason beside it; mend its source and upload it again under a proper name, or delete it there")]
    partial void LogQuarantined(string blob, string reason);

    [LoggerMessage(LogLevel.Warning, "The format '{Format}' that the shipper names for {Source} can't be used: {Problem} The format is detected instead")]
    partial void LogBadFormat(string source, string format, string problem);

    [LoggerMessage(LogLevel.Warning, "The time zone '{Zone}' that the shipper names for {Source} is not known here: install tzdata, or name another. Times without a zone are taken as UTC")]
    partial void LogBadZone(string source, string zone);
}
