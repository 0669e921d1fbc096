using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LogMonitor.Storage.Blobs;

/// <summary>
/// A block of an archive: an empty gzip member whose extra field (RFC 1952, 2.3.1.1) says which chunks follow, then their members. What a block holds is so committed with
/// the block itself; to a reader of the gzip file the empty member is nothing.
/// </summary>
static class ArchiveBlock
{
    /// <summary>Bytes of members at which a block is full, 4 MiB. A larger chunk has a block of its own.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>Chunks of a block, 3,000: an extra field has 64 KiB.</summary>
    public const int MaxChunks = 3_000;

    /// <summary>Bytes in which every header ends.</summary>
    public const int MaxHeader = Before + (MaxChunks * EntryLength) + Behind;

    // Magic, deflate, with an extra field, no time, no flags, unknown system; then the lengths of the field and of our part of it. Behind: an empty deflate block, CRC and length 0.
    const int Before = 16, Behind = 10, KeyLength = 16, EntryLength = KeyLength + 4;

    /// <summary>The begin of the ids of blocks with such a header. Those of earlier versions hold one chunk, whose key (32 hex digits) is their id: all ids of a blob must have one length.</summary>
    const char Mark = 'm';

    /// <summary>The id of a block with these chunks; the same for the same.</summary>
    public static string IdOf(IEnumerable<string> keys) => Encoded(Mark + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', keys))))[..31]);

    /// <summary>The key of the one chunk in a block of an earlier version; null for others.</summary>
    public static string? FindSingleKey(string blockId)
    {
        var bytes = new byte[32];
        if (!Convert.TryFromBase64String(blockId, bytes, out var length) || length != 32) return null;
        var key = Encoding.ASCII.GetString(bytes);
        return key.All(char.IsAsciiHexDigitLower) ? key : null;
    }

    /// <summary>The id that an earlier version gave to the block of a chunk.</summary>
    internal static string SingleIdOf(string key) => Encoded(key);

    /// <summary>What stands before the members.</summary>
    /// <param name="chunks">Their keys and lengths, in order; at most <see cref="MaxChunks"/>.</param>
    public static byte[] Header(IReadOnlyList<(string Key, long Length)> chunks)
    {
        var header = new byte[Before + (chunks.Count * EntryLength) + Behind];
        var ours = chunks.Count * EntryLength;
        ((ReadOnlySpan<byte>)[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), checked((ushort)(ours + 4)));
        "LM"u8.CopyTo(header.AsSpan(12));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(14), checked((ushort)ours));
        for (var number = 0; number < chunks.Count; number++)
        {
            var entry = header.AsSpan(Before + (number * EntryLength));
            Convert.FromHexString(chunks[number].Key).CopyTo(entry);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[KeyLength..], checked((uint)chunks[number].Length));
        }
        header[^Behind] = 3;
        return header;
    }

    /// <summary>The length of the header of so many chunks.</summary>
    public static int HeaderLength(int chunks) => Before + (chunks * EntryLength) + Behind;

    /// <summary>The chunks in a block and where they stand in it; null where the header does not say.</summary>
    /// <param name="begin">The block's beginning: <see cref="MaxHeader"/> bytes, or all of it.</param>
    /// <param name="length">The block's length.</param>
    public static List<(string Key, long Offset, long Length)>? TryRead(ReadOnlySpan<byte> begin, long length)
    {
        if (begin.Length < Before || !begin[..4].SequenceEqual<byte>([0x1f, 0x8b, 8, 4]) || !begin[12..14].SequenceEqual("LM"u8)) return null;
        var ours = BinaryPrimitives.ReadUInt16LittleEndian(begin[14..]);
        if (ours % EntryLength != 0 || BinaryPrimitives.ReadUInt16LittleEndian(begin[10..]) != ours + 4 || begin.Length < Before + ours) return null;
        var (chunks, offset) = (new List<(string, long, long)>(), (long)Before + ours + Behind);
        for (var entry = begin.Slice(Before, ours); entry.Length > 0; entry = entry[EntryLength..])
        {
            var size = BinaryPrimitives.ReadUInt32LittleEndian(entry[KeyLength..]);
            chunks.Add((Convert.ToHexStringLower(entry[..KeyLength]), offset, size));
            offset += size;
        }
        return offset == length ? chunks : null;
    }

    static string Encoded(string id) => Convert.ToBase64String(Encoding.ASCII.GetBytes(id));
}
