using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace LogMonitor.Core.Text;

/// <summary>
/// Numbers byte strings from 0 in the order in which they come, without an object for each: to look one up that is there allocates
/// nothing. Hashes are seeded, so that nobody can write lines that all collide.
/// </summary>
sealed class ByteTable
{
    const int InitialSlots = 256;

    static readonly long seed = Random.Shared.NextInt64();

    // Open addressing: the upper half of a slot is of the hash, the lower is the number and 1; 0 is free. At most half are taken.
    ulong[] slots = new ulong[InitialSlots];
    Entry[] entries = new Entry[InitialSlots / 2];
    byte[] bytes = new byte[InitialSlots * 8];
    int used;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all of them together.</summary>
    public int Bytes => used;

    /// <summary>The string of a number; valid until the next one is added.</summary>
    public ReadOnlySpan<byte> this[int number] => bytes.AsSpan(entries[number].Start, entries[number].Length);

    /// <summary>The number of a string, which is added where it is new: then its number is the former <see cref="Count"/>.</summary>
    public int FindOrAdd(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key, seed);
        var tag = hash & 0xFFFF_FFFF_0000_0000;
        var mask = slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var slot = slots[at];
            if (slot == 0) return Add(key, tag, at);
            if ((slot & 0xFFFF_FFFF_0000_0000) == tag && this[(int)(uint)slot - 1].SequenceEqual(key)) return (int)(uint)slot - 1;
        }
    }

    /// <summary>Keeps only the chosen ones, which are numbered anew in the same order.</summary>
    /// <param name="kept">Their numbers, ascending.</param>
    public void Keep(ReadOnlySpan<int> kept)
    {
        var (oldEntries, oldBytes) = (entries, bytes);
        entries = new Entry[Math.Max(InitialSlots / 2, kept.Length * 2)];
        bytes = new byte[oldBytes.Length];
        (Count, used) = (0, 0);
        foreach (var number in kept) Append(oldBytes.AsSpan(oldEntries[number].Start, oldEntries[number].Length));
        Index(slots.Length);
    }

    int Add(ReadOnlySpan<byte> key, ulong tag, int at)
    {
        var number = Append(key);
        if (Count * 2 > slots.Length) Index(slots.Length * 2);
        else slots[at] = tag | (uint)(number + 1);
        return number;
    }

    int Append(ReadOnlySpan<byte> key)
    {
        if (Count == entries.Length) Array.Resize(ref entries, Count * 2);
        if (bytes.Length - used < key.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, used + key.Length));
        key.CopyTo(bytes.AsSpan(used));
        entries[Count] = new Entry(used, key.Length);
        used += key.Length;
        return Count++;
    }

    void Index(int size)
    {
        slots = new ulong[size];
        for (var number = 0; number < Count; number++)
        {
            var hash = XxHash3.HashToUInt64(this[number], seed);
            var at = (int)hash & (size - 1);
            while (slots[at] != 0) at = (at + 1) & (size - 1);
            slots[at] = hash & 0xFFFF_FFFF_0000_0000 | (uint)(number + 1);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    readonly record struct Entry(int Start, int Length);
}
