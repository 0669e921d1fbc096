using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Looks for a few texts in one pass, in any ASCII case: a vector instruction at a time tells for 32 (or 16)
/// places at once which texts can stand there, by the three rarest bytes of each; those few are then compared.
/// </summary>
/// <remarks>
/// The texts are dealt out to eight buckets, one bit each. For each of the three bytes there are two tables of 16, from the lower
/// and from the upper half of a byte to the buckets whose texts may have it there; the bits that all six leave are the
/// candidates. The technique is known as Teddy, from Hyperscan (Wang et al., "Hyperscan: A Fast Multi-pattern Regex Matcher for Modern CPUs", NSDI 2019).
/// </remarks>
sealed class LiteralSearch : ITextSearch
{
    /// <summary>With more texts in one pass, too many places would be candidates: then <see cref="TrigramSearch"/> is faster.</summary>
    public const int MaxTexts = 24;

    const int Buckets = 8, Width = Literals.MinLength;

    readonly Literal[][] buckets;
    readonly Vector128<byte> low0, high0, low1, high1, low2, high2;

    /// <param name="texts">At most <see cref="MaxTexts"/>, each with the bits to set where it is found.</param>
    public LiteralSearch(IReadOnlyList<(byte[] Text, ulong[] Bits)> texts)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(texts.Count, MaxTexts);
        Literal[] literals = [.. texts.Select(text => new Literal(text.Text, text.Bits, ByteRarity.RarestPart(text.Text)))];
        // Neighbours have bytes in common, so that a bucket of them has few candidates.
        literals.AsSpan().Sort((a, b) => a.Part.SequenceCompareTo(b.Part));
        buckets = new Literal[Buckets][];
        Span<byte> low = stackalloc byte[Width * 16], high = stackalloc byte[Width * 16];
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            buckets[bucket] = literals[(literals.Length * bucket / Buckets)..(literals.Length * (bucket + 1) / Buckets)];
            foreach (var literal in buckets[bucket])
                for (var i = 0; i < Width; i++)
                {
                    Mark(literal.Part[i], i * 16, low, high, (byte)(1 << bucket));
                    Mark(ByteText.SwapCase(literal.Part[i]), i * 16, low, high, (byte)(1 << bucket));
                }
        }
        (low0, low1, low2) = (Vector128.Create<byte>(low[..16]), Vector128.Create<byte>(low[16..32]), Vector128.Create<byte>(low[32..]));
        (high0, high1, high2) = (Vector128.Create<byte>(high[..16]), Vector128.Create<byte>(high[16..32]), Vector128.Create<byte>(high[32..]));
    }

    /// <summary>Sets the bits of each text that is found.</summary>
    public void Find(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        var places = text.Length - Width + 1;
        if (Avx2.IsSupported && places >= Vector256<byte>.Count) Find256(text, places, bits);
        else if (Vector128.IsHardwareAccelerated && places >= Vector128<byte>.Count) Find128(text, places, bits);
        else FindPlain(text, bits);
    }

    /// <summary>The same, byte by byte: for short texts, for processors without vectors, and for tests.</summary>
    internal void FindPlain(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        for (var at = 0; at + Width <= text.Length; at++)
        {
            var found = (byte)(Candidates(low0, high0, text[at]) & Candidates(low1, high1, text[at + 1]) & Candidates(low2, high2, text[at + 2]));
            if (found != 0) Compare(text, at, found, bits);
        }
    }

    void Find256(ReadOnlySpan<byte> text, int places, Span<ulong> bits)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        Vector256<byte> l0 = Vector256.Create(low0, low0), l1 = Vector256.Create(low1, low1), l2 = Vector256.Create(low2, low2);
        Vector256<byte> h0 = Vector256.Create(high0, high0), h1 = Vector256.Create(high1, high1), h2 = Vector256.Create(high2, high2);
        var last = places - Vector256<byte>.Count;
        for (var at = 0; ; at = Math.Min(at + Vector256<byte>.Count, last))
        {
            var found = Candidates(l0, h0, Vector256.LoadUnsafe(ref start, (nuint)at))
                & Candidates(l1, h1, Vector256.LoadUnsafe(ref start, (nuint)at + 1)) & Candidates(l2, h2, Vector256.LoadUnsafe(ref start, (nuint)at + 2));
            if (found != Vector256<byte>.Zero)
                for (var rest = ~Vector256.Equals(found, Vector256<byte>.Zero).ExtractMostSignificantBits(); rest != 0; rest &= rest - 1)
                {
                    var i = BitOperations.TrailingZeroCount(rest);
                    Compare(text, at + i, found[i], bits);
                }
            if (at == last) return;
        }
    }

    void Find128(ReadOnlySpan<byte> text, int places, Span<ulong> bits)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var last = places - Vector128<byte>.Count;
        for (var at = 0; ; at = Math.Min(at + Vector128<byte>.Count, last))
        {
            var found = Candidates(low0, high0, Vector128.LoadUnsafe(ref start, (nuint)at))
                & Candidates(low1, high1, Vector128.LoadUnsafe(ref start, (nuint)at + 1)) & Candidates(low2, high2, Vector128.LoadUnsafe(ref start, (nuint)at + 2));
            if (found != Vector128<byte>.Zero)
                for (var rest = ~Vector128.Equals(found, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xFFFF; rest != 0; rest &= rest - 1)
                {
                    var i = BitOperations.TrailingZeroCount(rest);
                    Compare(text, at + i, found[i], bits);
                }
            if (at == last) return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> Candidates(Vector256<byte> low, Vector256<byte> high, Vector256<byte> bytes) =>
        Avx2.Shuffle(low, bytes & Vector256.Create((byte)15)) & Avx2.Shuffle(high, bytes >>> 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<byte> Candidates(Vector128<byte> low, Vector128<byte> high, Vector128<byte> bytes) =>
        Vector128.Shuffle(low, bytes & Vector128.Create((byte)15)) & Vector128.Shuffle(high, bytes >>> 4);

    static byte Candidates(Vector128<byte> low, Vector128<byte> high, byte value) => (byte)(low[value & 15] & high[value >> 4]);

    void Compare(ReadOnlySpan<byte> text, int at, byte found, Span<ulong> bits)
    {
        for (uint rest = found; rest != 0; rest &= rest - 1)
            foreach (var literal in buckets[BitOperations.TrailingZeroCount(rest)])
            {
                var start = at - literal.PartStart;
                if (start < 0 || text.Length - start < literal.Text.Length) continue;
                if (!ByteText.EqualsIgnoreCase(text.Slice(start, literal.Text.Length), literal.Text)) continue;
                for (var i = 0; i < bits.Length; i++) bits[i] |= literal.Bits[i];
            }
    }

    static void Mark(byte value, int table, Span<byte> low, Span<byte> high, byte bucket)
    {
        low[table + (value & 15)] |= bucket;
        high[table + (value >> 4)] |= bucket;
    }

    sealed record Literal(byte[] Text, ulong[] Bits, int PartStart)
    {
        public ReadOnlySpan<byte> Part => Text.AsSpan(PartStart, Width);
    }
}
