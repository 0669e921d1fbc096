using System.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Reads what <see cref="MatchCodec"/> has written. Trusts no count: a few broken bytes could claim billions of matches, or unpack
/// to them.
/// </summary>
sealed class MatchReader(BinaryReader reader, long maxMemory)
{
    /// <summary>Memory that one row's matches may take, roughly, in bytes: 1 GiB.</summary>
    public const long MaxMemory = 1L << 30;

    // Rough sizes in memory, in bytes.
    const int GroupSize = 300, PointSize = 72, TextSize = 32;

    static readonly long firstTime = DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), lastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    long memory;

    public List<MatchGroup> Read()
    {
        var groups = new List<MatchGroup>();
        for (var left = ReadCount(); left > 0; left--) groups.Add(ReadGroup());
        return groups;
    }

    MatchGroup ReadGroup()
    {
        Take(GroupSize);
        var rule = new RuleId(ReadText());
        var shape = reader.ReadInt64();
        var values = new List<string>();
        for (var more = ReadCount(); more > 0; more--) values.Add(ReadText());

        var group = new MatchGroup(new MatchKey(rule, [.. values]), shape);
        var time = 0L;
        var left = ReadCount();
        var hasValues = reader.ReadBoolean();
        for (; left > 0; left--)
        {
            Take(PointSize);
            group.Add(time = Checked(time + reader.Read7BitEncodedInt64()), ReadCount(), hasValues ? reader.ReadInt64() : 0);
        }
        for (left = ReadCount(); left > 0; left--)
            group.Add(new MatchSample(Checked(reader.Read7BitEncodedInt64()), reader.Read7BitEncodedInt64(), ReadText()));
        return group;
    }

    int ReadCount() => reader.Read7BitEncodedInt() is >= 0 and var count ? count : throw new InvalidDataException("A count is negative.");

    string ReadText()
    {
        var length = ReadCount();
        Take(TextSize + 2L * length);
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length ? Encoding.UTF8.GetString(bytes) : throw new EndOfStreamException("They end within a text.");
    }

    void Take(long bytes)
    {
        memory += bytes;
        if (memory > maxMemory) throw new InvalidDataException($"They unpack to more than {maxMemory >> 20} MiB.");
    }

    static long Checked(long time) => time >= firstTime && time <= lastTime ? time : throw new InvalidDataException("A time is out of range.");
}
