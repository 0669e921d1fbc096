namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>A piece of a timestamp: a whole notation, or what one conversion of strftime writes.</summary>
enum TimePart : byte
{
    None,
    /// <summary><c>17/May/2015:10:05:03 +0000</c></summary>
    Clf,
    /// <summary><c>2015-05-17T10:05:03+00:00</c></summary>
    Iso,
    /// <summary>Seconds since 1970.</summary>
    EpochSeconds,
    /// <summary>Seconds since 1970, with or without a fraction: nginx's <c>$msec</c>.</summary>
    EpochWithFraction,
    EpochMilliseconds,
    EpochMicroseconds,
    /// <summary>Three digits behind another part.</summary>
    MillisecondFraction,
    /// <summary>Six digits behind another part.</summary>
    MicrosecondFraction,
    Year,
    YearOfCentury,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Hour,
    HourOfHalfDay,
    HalfDay,
    Minute,
    Second,
    /// <summary><c>+0100</c> or <c>+01:00</c></summary>
    Offset,
    /// <summary><c>UTC</c>, <c>GMT</c>, <c>Z</c>; other names are passed over, and the configured zone counts.</summary>
    ZoneName,
    /// <summary>Letters that say nothing new.</summary>
    WeekdayName,
    /// <summary>One digit that says nothing new.</summary>
    WeekdayNumber,
    /// <summary>A century or a week, which say nothing that the date does not.</summary>
    TwoDigits,
    /// <summary>The year that a week belongs to, which says nothing that the date does not.</summary>
    FourDigits,
}
