using System.Runtime.CompilerServices;

namespace LogMonitor.Core.Detection;

/// <summary>Looks for texts in another, in any ASCII case, and tells the bits of each that is found.</summary>
interface ITextSearch
{
    /// <summary>Sets the bits of each text that is found.</summary>
    void Find(ReadOnlySpan<byte> text, Span<ulong> bits);
}

/// <summary>Looks for texts in several passes.</summary>
sealed class SearchInPasses(ITextSearch[] passes) : ITextSearch
{
    public void Find(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        foreach (var pass in passes) pass.Find(text, bits);
    }
}

/// <summary>
/// Looks for any number of texts in one pass: for each three bytes a table of 8 KB, which stays in the processor's fastest cache, tells whether
/// the rarest three of one of the texts may stand there. What it costs hardly depends on how many texts there are.
/// </summary>
sealed class TrigramSearch : ITextSearch
{
    const int Width = Literals.MinLength, HashBits = 16;

    static readonly byte[] fold = [.. Enumerable.Range(0, 256).Select(value => ByteText.Fold((byte)value))];

    // A bit for each hash of three bytes, and for each hash that is there the texts in a row of their own.
    readonly ulong[] known = new ulong[(1 << HashBits) / 64];
    readonly Dictionary<uint, (byte[] Text, int PartStart, ulong[] Bits)[]> byHash;

    /// <param name="texts">None shorter than <see cref="Literals.MinLength"/>, each with the bits to set where it is found.</param>
    public TrigramSearch(IReadOnlyList<(byte[] Text, ulong[] Bits)> texts)
    {
        byHash = texts.Select(text => (text.Text, PartStart: ByteRarity.RarestPart(text.Text), text.Bits))
            .GroupBy(text => Hash(Key(text.Text.AsSpan(text.PartStart, Width)))).ToDictionary(group => group.Key, group => group.ToArray());
        foreach (var hash in byHash.Keys) known[hash / 64] |= 1UL << (int)(hash % 64);
    }

    public void Find(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        if (text.Length < Width) return;
        var key = (uint)(fold[text[0]] << 8 | fold[text[1]]);
        for (var i = Width - 1; i < text.Length; i++)
        {
            key = (key << 8 | fold[text[i]]) & 0xFF_FFFF;
            var hash = Hash(key);
            if ((known[hash / 64] & 1UL << (int)(hash % 64)) != 0) Compare(text, i + 1 - Width, byHash[hash], bits);
        }
    }

    static void Compare(ReadOnlySpan<byte> text, int at, (byte[] Text, int PartStart, ulong[] Bits)[] texts, Span<ulong> bits)
    {
        foreach (var candidate in texts)
        {
            var start = at - candidate.PartStart;
            if (start < 0 || text.Length - start < candidate.Text.Length) continue;
            if (!ByteText.EqualsIgnoreCase(text.Slice(start, candidate.Text.Length), candidate.Text)) continue;
            for (var i = 0; i < bits.Length; i++) bits[i] |= candidate.Bits[i];
        }
    }

    static uint Key(ReadOnlySpan<byte> part) => (uint)(fold[part[0]] << 16 | fold[part[1]] << 8 | fold[part[2]]);

    // Multiplicative hashing, Knuth, The Art of Computer Programming 6.4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static uint Hash(uint key) => key * 2_654_435_769 >> (32 - HashBits);
}
