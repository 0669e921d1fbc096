using System.IO.Compression;
using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Packs a chunk's matches of one hour into a few bytes: a table row holds them. Version byte, then Brotli over the groups,
/// with times as differences in variable-length integers, and values (where a rule measures any) as eight bytes.
/// </summary>
public static class MatchCodec
{
    const byte Version = 3;

    /// <summary>The same groups in the same order give the same bytes.</summary>
    public static byte[] Encode(IReadOnlyCollection<MatchGroup> groups)
    {
        using var memory = new MemoryStream();
        memory.WriteByte(Version);
        using (var writer = new BinaryWriter(new BrotliStream(memory, CompressionLevel.Fastest, leaveOpen: true), Encoding.UTF8))
        {
            writer.Write7BitEncodedInt(groups.Count);
            foreach (var group in groups) Write(writer, group);
        }
        return memory.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are not what <see cref="Encode"/> writes, or of a later version.</exception>
    public static IReadOnlyList<MatchGroup> Decode(byte[] packed) => Decode(packed, MatchReader.MaxMemory);

    internal static IReadOnlyList<MatchGroup> Decode(byte[] packed, long maxMemory)
    {
        if (packed is not [Version, ..])
            throw new InvalidDataException($"Matches of version {(packed.Length > 0 ? packed[0] : 0)} can't be read by this version of LogMonitor (it reads {Version}).");
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress), Encoding.UTF8);
        try
        {
            return new MatchReader(reader, maxMemory).Read();
        }
        // What Brotli and the reader throw for bytes that are not theirs.
        catch (Exception e) when (e is InvalidDataException or IOException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"Stored matches are broken: {e.Message} Ingest their chunk again.", e);
        }
    }

    static void Write(BinaryWriter writer, MatchGroup group)
    {
        writer.Write(group.Key.Rule.Value);
        writer.Write(group.Shape);
        writer.Write7BitEncodedInt(group.Key.Group.Count);
        foreach (var value in group.Key.Group) writer.Write(value);

        var points = group.Points.ToList();
        writer.Write7BitEncodedInt(points.Count);
        var hasValues = points.Exists(point => point.Value != 0);
        writer.Write(hasValues);
        var last = 0L;
        foreach (var point in points)
        {
            writer.Write7BitEncodedInt64(point.Time - last);
            writer.Write7BitEncodedInt(point.Count);
            if (hasValues) writer.Write(point.Value);
            last = point.Time;
        }
        writer.Write7BitEncodedInt(group.Samples.Count);
        foreach (var sample in group.Samples)
        {
            writer.Write7BitEncodedInt64(sample.Time);
            writer.Write7BitEncodedInt64(sample.Line);
            writer.Write(sample.Text);
        }
    }
}
