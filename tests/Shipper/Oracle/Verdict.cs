using LogMonitor.Core.Chunks;
using LogMonitor.Shipper.Tests.Support;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>Compares what is stored with what was written: every byte of every line exactly once, or excused.</summary>
static class Verdict
{
    /// <returns>What is wrong, a sentence each; nothing if all is well.</returns>
    /// <param name="isLive">Whether a life may still grow: its unfinished last line must wait.</param>
    /// <param name="said">The shipper's warnings; null where nobody knows what it has seen.</param>
    public static List<string> On(FakeContainer container, IReadOnlyList<Life> lives, Func<Life, bool> isLive, IReadOnlyList<string>? said = null)
    {
        var problems = container.Violations.ToList();
        var shipped = new Dictionary<Life, List<Chunk>>();
        foreach (var chunks in Generations(container).OrderByDescending(chunks => chunks[^1].Id.End))
        {
            problems.AddRange(Ranges(chunks));
            if (Owner(chunks, lives, shipped.Keys, problems) is { } life) shipped[life] = chunks;
        }
        foreach (var life in lives)
        {
            var chunks = shipped.GetValueOrDefault(life) ?? [];
            var end = chunks.Count == 0 ? 0 : chunks[^1].Id.End;
            if (end < life.Required)
                problems.Add($"Lost: {life} is shipped to {end}, and {life.Required} is owed: {Life.Show(life.Bytes[(int)end..life.Required])}");
            if (said is not null && end < life.Seen && !said.Any(message => IsLoss(message, life)))
                problems.Add($"Silent: of {life} {life.Seen} bytes were seen and {end} shipped, and nothing was said.");
            foreach (var chunk in chunks.Where(chunk => chunk.Raw[^1] != '\n'))
                if (!life.Ends.Contains(chunk.Id.End) || isLive(life)) problems.Add($"Split: {life} is cut within a line at {chunk.Id.End}.");
        }
        return problems;
    }

    static bool IsLoss(string message, Life life) =>
        message.Contains("lost", StringComparison.Ordinal) && message.Contains(Path.GetFileNameWithoutExtension(life.Log), StringComparison.Ordinal);

    static IEnumerable<List<Chunk>> Generations(FakeContainer container) => container.Blobs
        .Select(blob => new Chunk(ChunkId.TryParse(blob.Key, out var id, out _) ? id : default, blob.Value.Raw, blob.Value.Metadata))
        .GroupBy(chunk => (chunk.Id.Host, chunk.Id.Stream, chunk.Id.Generation))
        .Select(chunks => chunks.OrderBy(chunk => chunk.Id.Start).ThenBy(chunk => chunk.Id.End).ToList());

    static IEnumerable<string> Ranges(List<Chunk> chunks)
    {
        var end = 0L;
        foreach (var (id, raw, metadata) in chunks)
        {
            if (id.Start != end) yield return $"{(id.Start > end ? "Gap" : "Overlap")}: {id} follows what ends at {end}.";
            var lines = raw.Count((byte)'\n') + (raw[^1] == '\n' ? 0 : 1);
            var said = ChunkMetadata.FromBlobMetadata(new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase), DateTimeOffset.MaxValue);
            if (said.Lines != lines || said.SourcePath.Length == 0) yield return $"Metadata: {id} has {lines} lines, and says {said}.";
            end = Math.Max(end, id.End);
        }
    }

    // Longer contents are the beginning of fewer lives: they choose first. One that many lives begin with takes one that owes no more, and that ended there if it ends within a line.
    static Life? Owner(List<Chunk> chunks, IReadOnlyList<Life> lives, ICollection<Life> taken, List<string> problems)
    {
        var text = chunks.SelectMany(chunk => chunk.Raw).ToArray();
        var owners = lives.Where(life => life.Bytes.StartsWith(text)).ToList();
        if (owners.Count == 0)
        {
            var closest = lives.MaxBy(life => life.Bytes.CommonPrefixLength(text))!;
            var common = closest.Bytes.CommonPrefixLength(text);
            problems.Add($"Foreign: {chunks[0].Id.Stream}/{chunks[0].Id.Generation} is like {closest} up to {common}, and goes on: {Life.Show(text.AsSpan(common))}");
            return null;
        }
        var free = owners.Where(life => !taken.Contains(life)).ToList();
        if (free.Count == 0) problems.Add($"Twice: {chunks[0].Id.Stream}/{chunks[0].Id.Generation} repeats {owners[0]}: {Life.Show(text)}");
        return free.OrderBy(life => life.Required > text.Length).ThenBy(life => text[^1] != '\n' && !life.Ends.Contains(text.Length)).ThenByDescending(life => life.Required).FirstOrDefault();
    }

    sealed record Chunk(ChunkId Id, byte[] Raw, IReadOnlyDictionary<string, string> Metadata);
}
