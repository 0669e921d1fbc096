using System.Buffers;

namespace LogMonitor.Core.Detection;

/// <summary>A text, in any case, and where it stands: in a field, or anywhere in the raw line where that is null.</summary>
readonly record struct Literal(byte[] Text, LineField? Field);

/// <summary>
/// What a condition can't do without: one of these texts. Found for all rules in one pass over a line, they tell which rules are worth
/// evaluating.
/// </summary>
/// <param name="Any">No text is shorter than <see cref="MinLength"/>.</param>
sealed record Literals(Literal[] Any)
{
    /// <summary>Shorter texts are in too many lines to tell anything.</summary>
    public const int MinLength = 3;

    /// <summary>One text; null where it is too short.</summary>
    public static Literals? Of(byte[] text, LineField? field = null) => text.Length >= MinLength ? new Literals([new Literal(text, field)]) : null;

    /// <summary>What a condition needs that needs all of its parts: the most telling of what they need.</summary>
    public static Literals? OfAll(IEnumerable<Matcher> parts) =>
        parts.Select(part => part.Needs).OfType<Literals>().MaxBy(need => need.Any.Min(literal => literal.Text.Length));

    /// <summary>What a condition needs that needs any one of its parts; null where one of them needs nothing, or there is none.</summary>
    public static Literals? OfAny(IReadOnlyCollection<Matcher> parts) => parts.Count > 0 && parts.All(part => part.Needs is not null)
        ? new Literals([.. parts.SelectMany(part => part.Needs!.Any)])
        : null;
}

/// <summary>Byte values by how common they are in logs: rough, and enough to choose the rarest part of a text.</summary>
static class ByteRarity
{
    static readonly SearchValues<byte> common = SearchValues.Create("0123456789 ./eaotinsrlmhdcpEAOTINSRLMHDCP"u8);
    static readonly SearchValues<byte> usual = SearchValues.Create("\"-:;()=_,+[]bfguvwkxyzjqBFGUVWKXYZJQ"u8);

    /// <summary>The start of the rarest <see cref="Literals.MinLength"/> bytes in a text of at least that length.</summary>
    public static int RarestPart(ReadOnlySpan<byte> text)
    {
        int best = 0, lowest = int.MaxValue;
        for (var start = 0; start + Literals.MinLength <= text.Length; start++)
        {
            var commonness = Commonness(text[start]) + Commonness(text[start + 1]) + Commonness(text[start + 2]);
            if (commonness >= lowest) continue;
            (best, lowest) = (start, commonness);
        }
        return best;
    }

    static int Commonness(byte value) => common.Contains(value) ? 9 : usual.Contains(value) ? 4 : 1;
}
