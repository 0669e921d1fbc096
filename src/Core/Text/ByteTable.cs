using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LogMonitor.Core.Text;

/// <summary>
/// Keeps a number for each of many byte strings, without an object for each: to look one up that is there allocates nothing. Hashes are
/// seeded, so that nobody can write lines that all collide.
/// </summary>
/// <remarks>
/// With tables larger than a processor's cache, what takes time is each new place in memory that a look-up touches. It touches two: the
/// slot, and the entry, which has its number, its hash and its bytes side by side.
/// </remarks>
sealed class ByteTable
{
    const int InitialSlots = 256, FirstPageBytes = 4 << 10, PageBytes = 64 << 10, Alignment = 8;

    static readonly long seed = Random.Shared.NextInt64();

    // Open addressing. The upper half of a slot is the hash, the lower is the place of the entry, and 1; 0 is free. At most three quarters are taken.
    ulong[] slots = new ulong[InitialSlots];
    // Entries by the order in which they came. A place is a page and, in the lower 16 bits, where in it the entry begins.
    uint[] places = new uint[InitialSlots];
    byte[][] pages = [new byte[FirstPageBytes]];
    // Where the next entry is put.
    int page, used;

    /// <summary>How many strings there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all of them together.</summary>
    public long Bytes { get; private set; }

    /// <summary>A string, by the order in which they came.</summary>
    public ReadOnlySpan<byte> Key(int index) => KeyAt(pages, places[index]);

    /// <summary>The number of a string, by the order in which they came.</summary>
    public ref long Number(int index) => ref HeadAt(pages, places[index]).Number;

    /// <summary>The number of a string, which is added with 0 where it is new.</summary>
    public ref long FindOrAdd(ReadOnlySpan<byte> key)
    {
        var hash = (uint)XxHash3.HashToUInt64(key, seed);
        var mask = (uint)slots.Length - 1;
        for (var at = hash & mask; ; at = (at + 1) & mask)
        {
            var slot = slots[at];
            if (slot == 0) return ref Add(key, hash, at);
            if ((uint)(slot >> 32) == hash && KeyAt(pages, (uint)slot - 1).SequenceEqual(key)) return ref HeadAt(pages, (uint)slot - 1).Number;
        }
    }

    /// <summary>Keeps only the chosen ones, in the same order. Allocates nothing.</summary>
    /// <param name="kept">Their indexes, ascending.</param>
    public void Keep(ReadOnlySpan<int> kept)
    {
        (page, used, Count, Bytes) = (0, 0, 0, 0);
        // Each is copied to where it was or before: with some of the entries, no page is full earlier than with all of them.
        foreach (var index in kept)
        {
            var (from, head) = (places[index], HeadAt(pages, places[index]));
            HeadAt(pages, Append(KeyAt(pages, from), head.Hash)).Number = head.Number;
        }
        slots.AsSpan().Clear();
        Index();
    }

    ref long Add(ReadOnlySpan<byte> key, uint hash, uint slot)
    {
        var place = Append(key, hash);
        if (Count > slots.Length / 4 * 3)
        {
            slots = new ulong[slots.Length * 2];
            Index();
        }
        else slots[slot] = (ulong)hash << 32 | (place + 1);
        return ref HeadAt(pages, place).Number;
    }

    uint Append(ReadOnlySpan<byte> key, uint hash)
    {
        var length = (Unsafe.SizeOf<Head>() + key.Length + Alignment - 1) & -Alignment;
        while (length > pages[page].Length - used)
        {
            if (++page == pages.Length) pages = [.. pages, new byte[Math.Max(PageBytes, length)]];
            used = 0;
        }
        var place = (uint)page << 16 | (uint)used;
        HeadAt(pages, place) = new Head { Hash = hash, Length = key.Length };
        key.CopyTo(pages[page].AsSpan(used + Unsafe.SizeOf<Head>()));
        used += length;
        Bytes += key.Length;
        if (Count == places.Length) Array.Resize(ref places, Count * 2);
        places[Count++] = place;
        return place;
    }

    void Index()
    {
        var mask = (uint)slots.Length - 1;
        foreach (var place in places.AsSpan(0, Count))
        {
            var hash = HeadAt(pages, place).Hash;
            var at = hash & mask;
            while (slots[at] != 0) at = (at + 1) & mask;
            slots[at] = (ulong)hash << 32 | (place + 1);
        }
    }

    static ref Head HeadAt(byte[][] pages, uint place) => ref MemoryMarshal.AsRef<Head>(EntryAt(pages, place));

    static ReadOnlySpan<byte> KeyAt(byte[][] pages, uint place)
    {
        var entry = EntryAt(pages, place);
        return entry.Slice(Unsafe.SizeOf<Head>(), MemoryMarshal.AsRef<Head>(entry).Length);
    }

    static Span<byte> EntryAt(byte[][] pages, uint place) => pages[place >> 16].AsSpan((int)(place & 0xFFFF));

    // The bytes follow it.
    struct Head
    {
        public long Number;
        public uint Hash;
        public int Length;
    }
}
