using System.IO.Compression;
using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Packs a chunk's matches of one hour into a few bytes: a table row holds them. Version byte, then Brotli over the groups,
/// with times as differences in variable-length integers.
/// </summary>
public static class MatchCodec
{
    const byte Version = 1;

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
    public static IReadOnlyList<MatchGroup> Decode(byte[] packed)
    {
        if (packed is not [Version, ..])
            throw new InvalidDataException($"Matches of version {(packed.Length > 0 ? packed[0] : 0)} can't be read by this version of LogMonitor (it reads {Version}).");
        using var reader = new BinaryReader(new BrotliStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress), Encoding.UTF8);
        var groups = new List<MatchGroup>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--) groups.Add(Read(reader));
        return groups;
    }

    static void Write(BinaryWriter writer, MatchGroup group)
    {
        writer.Write(group.Key.Rule.Value);
        writer.Write7BitEncodedInt(group.Key.Group.Count);
        foreach (var value in group.Key.Group) writer.Write(value);

        var points = group.Points.ToList();
        writer.Write7BitEncodedInt(points.Count);
        var last = 0L;
        foreach (var point in points)
        {
            writer.Write7BitEncodedInt64(point.Time - last);
            writer.Write7BitEncodedInt(point.Count);
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

    static MatchGroup Read(BinaryReader reader)
    {
        var rule = new RuleId(reader.ReadString());
        var values = new string[reader.Read7BitEncodedInt()];
        for (var i = 0; i < values.Length; i++) values[i] = reader.ReadString();

        var group = new MatchGroup(new MatchKey(rule, values));
        var time = 0L;
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            group.Add(time += reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            group.Add(new MatchSample(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.ReadString()));
        return group;
    }
}
