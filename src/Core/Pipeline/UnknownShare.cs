namespace LogMonitor.Core.Pipeline;

/// <summary>
/// Which share of a stream's lines no format fits, of late and as a rule: averages that halve what they knew every 500 and every 20,000 lines. By lines
/// and not by time, so that a stream of a few lines an hour is judged like one of thousands a second.
/// </summary>
/// <param name="Lines">Lines seen so far.</param>
/// <param name="Recent">Of late, 0 to 1.</param>
/// <param name="Usual">As a rule, 0 to 1.</param>
public readonly record struct UnknownShare(long Lines, double Recent, double Usual)
{
    /// <summary>Lines before which nothing is usual: 2,000.</summary>
    public const long Known = 2_000;

    const double RecentHalf = 500, UsualHalf = 20_000, Leap = 0.25, Factor = 3;

    /// <summary>With more lines.</summary>
    /// <param name="lines">How many, 1 or more.</param>
    /// <param name="unknown">Of them.</param>
    public UnknownShare With(long lines, long unknown)
    {
        var share = (double)unknown / lines;
        return Lines == 0 ? new(lines, share, share) : new(Lines + lines, Move(Recent, share, lines, RecentHalf), Move(Usual, share, lines, UsualHalf));
    }

    /// <summary>Whether more lines than usual are unknown of late: a quarter of all more, and three times as many.</summary>
    /// <param name="before">What it was before the latest lines.</param>
    public bool HasJumped(UnknownShare before) => before.Lines >= Known && Recent >= before.Usual + Leap && Recent >= before.Usual * Factor;

    static double Move(double from, double to, long lines, double half) => to + (from - to) * double.Exp2(-lines / half);
}
