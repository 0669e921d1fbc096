using System.Security.Cryptography;
using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Cutting;
using LogMonitor.Shipper.Following;
using LogMonitor.Shipper.State;
using LogMonitor.Shipper.Upload;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>One pass over all files: look, and ship at most one chunk of each, so that no file starves another.</summary>
sealed class Engine(ShipperOptions options, IChunkSink sink, IPositions positions, TimeProvider time, Random random, ILogger logger) : IDisposable
{
    readonly Troubles troubles = new(logger);
    FlushClock clock = new(time, options.FlushInterval);
    ChunkReader reader = new(options.MaxChunkBytes, options.MaxLineBytes);
    readonly Compressor compressor = new();
    Follower? follower;

    Follower Follower => follower ??= new Follower(options, positions, time, random, troubles, logger);

    /// <summary>What was shipped so far, and what is wrong now.</summary>
    public ShipperSummary Summary { get => field with { Problems = troubles.Count, LostBytes = Follower.LostBytes, HeldBytes = Follower.HeldBytes }; private set; } = new(0, 0, 0, 0);

    /// <summary>The files that are open, in a stable order.</summary>
    public IReadOnlyList<FollowedFile> Files => Follower.Files;

    /// <summary>What is wrong now.</summary>
    public Troubles Troubles => troubles;

    /// <summary>What is wrong with one file or its upload.</summary>
    public string? TroubleOf(FollowedFile file) => troubles.Of(file.Uploading) ?? troubles.Of(file.Path);

    /// <summary>Whether a failed upload waits for its next try.</summary>
    public IEnumerable<Backoff> Waiting => Follower.Files.Select(file => file.Backoff).Where(backoff => backoff.Failures > 0);

    /// <summary>Where something happens when there is something to do.</summary>
    public IEnumerable<string> Directories => Follower.Directories;

    /// <summary>Until there may be something to do though no file changes: a cut, or another try.</summary>
    public TimeSpan UntilDue => Waiting.Select(waiting => Longer(waiting.Remaining, options.PollInterval)).Append(clock.UntilNext()).Min();

    /// <summary>Goes on with other options, between two passes. No descriptor is closed that a path does not lead to: what was deleted would be lost.</summary>
    public void Reconfigure(ShipperOptions changed)
    {
        options = changed;
        clock = new(time, changed.FlushInterval);
        reader = new(changed.MaxChunkBytes, changed.MaxLineBytes);
        troubles.Forget();
        Follower.Reconfigure(changed);
    }

    /// <summary>Gives back what memory is only needed to ship.</summary>
    public void Rest()
    {
        reader.Clear();
        compressor.Clear();
    }

    /// <param name="flush">Ship all complete lines, whatever their number and age.</param>
    /// <returns>Whether there is more to ship at once.</returns>
    public async Task<bool> PassAsync(bool flush, CancellationToken cancellationToken)
    {
        Guarded(null, Follower.Look);
        var more = false;
        foreach (var file in Follower.Files)
        {
            var closing = file.IsDraining && time.GetElapsedTime(file.ChangedAt) >= options.DrainQuiet;
            // The end of the last line is not waited for any longer.
            var takesAll = closing || (options.IdleFlush is { } idle && time.GetElapsedTime(file.ChangedAt) >= idle);
            // At once, before anything is due: a generation that is known can be found again when its file is rotated.
            if (file is { State: null, Stat.Size: > 0 }) Guarded(file, () => Follower.Begin(file, takesAll));
            if (file.IsMoved) Guarded(file, () => Follower.Remember(file));
            if (IsDue(file, flush || closing, takesAll))
            {
                var shipped = false;
                await GuardedAsync(file, async () => shipped = await ShipAsync(file, takesAll, cancellationToken));
                more |= shipped && (flush || file.Pending >= options.MaxChunkBytes);
            }
            var isOver = closing && (!file.CanGrow || time.GetElapsedTime(file.ChangedAt) >= options.Linger);
            if (isOver && file.Pending == 0) Guarded(file, () => Follower.Close(file));
        }
        return more;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        follower?.Dispose();
        compressor.Dispose();
    }

    /// <summary>From the file to the store: the whole life of a chunk. After a crash at any point the same range is cut again.</summary>
    async Task<bool> ShipAsync(FollowedFile file, bool takesAll, CancellationToken cancellationToken)
    {
        file.WaitingSince = null;
        if (file.State is null) return Unfinished(file);
        var chunk = file.IntendedChunk is { } intended ? CutAgain(file, intended) : CutNext(file, takesAll);
        // Compared after reading: what was read before a truncation is what was written before it.
        if (!file.IsUnchanged() || (chunk is null && file.IntendedChunk is not null)) return StartedAnew(file);
        if (chunk is null) return Unfinished(file);
        Intend(file, chunk);
        var result = await sink.PutAsync(chunk.Id, chunk.Metadata, compressor.Compress(chunk.Bytes.Span, chunk.Id.Compression), cancellationToken);
        reader.Release();
        return result.IsDone ? Commit(file, chunk, result.Outcome) : Hold(file, result.Why);
    }

    Chunk? CutNext(FollowedFile file, bool takesAll)
    {
        var (bytes, isPiece) = reader.Next(file.Content, file.Offset, file.Stat.Size, takesAll);
        if (bytes.IsEmpty) return null;
        if (isPiece) logger.LineTooLong(file.Path, options.MaxLineBytes, file.Offset);
        Redact(bytes, options.Redaction);
        return Describe(file, bytes, time.GetUtcNow());
    }

    Chunk? CutAgain(FollowedFile file, ChunkId intended)
    {
        var bytes = reader.Range(file.Content, intended.Start, intended.End);
        Redact(bytes, file.State!.Intent!.Redaction);
        var chunk = Describe(file, bytes, file.State.Intent.Cut);
        // The host may have been given another name since: the range keeps the one it was first put under.
        return chunk.Id.Hash == intended.Hash ? chunk with { Id = intended } : null;
    }

    static void Redact(Memory<byte> bytes, Redaction? redaction)
    {
        if (redaction is { IsNone: false }) new Redactor(redaction).Redact(bytes.Span);
    }

    Chunk Describe(FollowedFile file, ReadOnlyMemory<byte> bytes, DateTimeOffset cut)
    {
        var (state, end) = (file.State!, file.Offset + bytes.Length);
        var id = new ChunkId(options.Host, state.Stream, GenerationId.Parse(state.Generation), file.Offset, end, Convert.ToHexStringLower(SHA256.HashData(bytes.Span))) { Compression = options.Compression };
        var lines = bytes.Span.Count((byte)'\n') + (bytes.Span is [.., not (byte)'\n'] ? 1 : 0);
        return new Chunk(id, new ChunkMetadata(file.Path, lines, cut, state.Format, file.Source.Zone ?? options.Zone) { Labels = file.Source.Labels, IsUnfinished = bytes.Span is [.., not (byte)'\n'] }, bytes, Fingerprint.Before(file.Content, end));
    }

    void Intend(FollowedFile file, Chunk chunk)
    {
        if (file.State!.Intent is not null) return;
        var intended = file.State with { Path = file.Path, Seen = file.Seen, Intent = new Intent(chunk.Id.BlobName, chunk.Metadata.CutTime, options.Redaction.IsNone ? null : options.Redaction) };
        positions.Save(intended);
        file.State = intended;
    }

    bool Commit(FollowedFile file, Chunk chunk, PutOutcome outcome)
    {
        var committed = file.State! with { Offset = chunk.Id.End, Tail = chunk.Tail, Seen = file.Seen, Intent = null };
        positions.Save(committed);
        file.State = committed;
        file.UnfinishedAt = -1;
        file.Backoff.Succeeded();
        troubles.Clear(file.Uploading);
        Summary = Summary with { Chunks = Summary.Chunks + 1, Lines = Summary.Lines + chunk.Metadata.Lines, Bytes = Summary.Bytes + chunk.Id.Length };
        if (outcome == PutOutcome.Exists) logger.Exists(chunk.Id.BlobName);
        else logger.Stored(chunk.Id.BlobName, chunk.Metadata.Lines);
        return true;
    }

    bool Hold(FollowedFile file, string why)
    {
        troubles.Report(file.Uploading, why);
        file.Backoff.Failed();
        return false;
    }

    bool StartedAnew(FollowedFile file)
    {
        Follower.Restart(file);
        troubles.Clear(file.Uploading);
        file.Backoff.Succeeded();
        return true;
    }

    static bool Unfinished(FollowedFile file)
    {
        file.UnfinishedAt = file.Stat.Size;
        return false;
    }

    bool IsDue(FollowedFile file, bool flush, bool takesAll)
    {
        if (!file.Backoff.MayTry) return false;
        if (file.IntendedChunk is not null) return true;
        if (file.Pending <= 0) return false;
        if (file.Stat.Size == file.UnfinishedAt && !file.IsDraining && !takesAll) return false;
        file.WaitingSince ??= clock.Start();
        // A long unfinished line is read again at each cut, not at each look.
        var isFull = file.Pending >= options.MaxChunkBytes && file.UnfinishedAt < 0;
        return flush || isFull || clock.IsOver(file.WaitingSince.Value);
    }

    // The stage boundary: a disk that is full or fails holds one file, and not the others.
    async Task GuardedAsync(FollowedFile file, Func<Task> stage)
    {
        try
        {
            await stage();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Hold(file, Failed(error));
        }
    }

    void Guarded(FollowedFile? file, Action stage)
    {
        const string looking = "looking at files";
        try
        {
            stage();
            if (file is null) troubles.Clear(looking);
            else if (file.Backoff.Failures == 0) troubles.Clear(file.Uploading);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            troubles.Report(file is null ? looking : file.Uploading, Failed(error));
        }
    }

    static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    string Failed(Exception error) =>
        $"Shipping waits: {error.Message} Positions are kept in {options.StateDirectory}: check that its disk has room and that the shipper's user may write there. It is tried again.";

    /// <param name="Tail">The last bytes of the file up to the chunk's end.</param>
    sealed record Chunk(ChunkId Id, ChunkMetadata Metadata, ReadOnlyMemory<byte> Bytes, Fingerprint Tail);
}
