using static LogMonitor.Core.Parsing.Fields.Calendar;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>
/// Reads the timestamps of logs. One per stream: it knows the zone of times that name none, and the reference time of
/// those without a year. Every method says how many bytes it took, 0 where the text is not of that shape, and gives
/// <see cref="LogLine.NoTime"/> where the shape is right and the moment impossible.
/// </summary>
sealed class TimeReader(TimeZoneInfo zone, DateTimeOffset reference)
{
    /// <summary>The length of <c>17/May/2015:10:05:03 +0000</c>.</summary>
    public const int ClfLength = 26;

    // No zone is further from UTC; it spares the zone's rules a look at years that can't be meant.
    const long WidestOffset = 15 * 3_600_000;

    readonly LocalClock local = new(zone);
    readonly long latest = reference.AddDays(1).ToUnixTimeMilliseconds();
    readonly int referenceYear = reference.AddDays(1).UtcDateTime.Year;

    readonly byte[] lastClf = new byte[ClfLength];
    long lastClfTime = LogLine.NoTime;

    /// <summary>Apache's %t and nginx's $time_local without brackets: <c>17/May/2015:10:05:03 +0000</c>. Exactly <see cref="ClfLength"/> bytes.</summary>
    public bool TryReadClf(ReadOnlySpan<byte> text, out long time)
    {
        // Neighbouring lines mostly share their second.
        if (text.SequenceEqual(lastClf))
        {
            time = lastClfTime;
            return true;
        }
        if (ReadClf(text, out time) != ClfLength) return false;
        text.CopyTo(lastClf);
        lastClfTime = time;
        return true;
    }

    /// <summary>As <see cref="TryReadClf"/>, for what some writers make of it: a day of one digit, no zone.</summary>
    public int ReadClf(ReadOnlySpan<byte> text, out long time)
    {
        time = LogLine.NoTime;
        var day = text.Length > 1 && text[1] == '/' ? 1 : 2;
        if (text.Length < day + 18) return 0;
        if (text[day] != '/' || text[day + 4] != '/' || text[day + 9] != ':' || text[day + 12] != ':' || text[day + 15] != ':') return 0;
        var dayOfMonth = day == 1 ? text[0] - '0' : TwoDigits(text, 0);
        int year = FourDigits(text, day + 5), hour = TwoDigits(text, day + 10), minute = TwoDigits(text, day + 13), second = TwoDigits(text, day + 16);
        var month = Month(text[(day + 1)..]);
        var length = day + 18;
        var zoned = false;
        var offset = 0;
        if (text.Length >= length + 6 && text[length] == ' ' && ReadOffset(text[(length + 1)..], out offset) is > 0 and var zoneLength)
        {
            zoned = true;
            length += 1 + zoneLength;
        }
        // A month of another language, a day 32: the shape is right, the moment impossible.
        if (TryMilliseconds(year, month, dayOfMonth, hour, minute, second, 0, out var wallClock)) time = Utc(wallClock, zoned, offset);
        return length;
    }

    /// <summary>ISO 8601: <c>2023-11-14T00:20:42.738197+01:00</c>, with T or a space, with or without fraction and zone.</summary>
    public int ReadIso(ReadOnlySpan<byte> text, out long time, out bool zoned)
    {
        time = LogLine.NoTime;
        zoned = false;
        if (text.Length < 19 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)' ') || text[13] != ':' || text[16] != ':') return 0;
        if (!Digits.At(text, 0) || !Digits.At(text, 11)) return 0;
        var length = 19 + ReadFraction(text[19..], out var millisecond);
        var offset = 0;
        if (length < text.Length)
        {
            var zoneLength = text[length] == 'Z' ? 1 : ReadOffset(text[length..], out offset);
            zoned = zoneLength > 0;
            length += zoneLength;
        }
        if (TryMilliseconds(FourDigits(text, 0), TwoDigits(text, 5), TwoDigits(text, 8), TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17), millisecond, out var wallClock))
            time = Utc(wallClock, zoned, offset);
        return length;
    }

    /// <summary>nginx's error log: <c>2021/09/30 09:23:53</c>, in the configured zone.</summary>
    public int ReadSlashed(ReadOnlySpan<byte> text, out long time)
    {
        time = LogLine.NoTime;
        if (text.Length < 19 || text[4] != '/' || text[7] != '/' || text[10] != ' ' || text[13] != ':' || text[16] != ':' || !Digits.At(text, 0)) return 0;
        if (TryMilliseconds(FourDigits(text, 0), TwoDigits(text, 5), TwoDigits(text, 8), TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17), 0, out var wallClock))
            time = Utc(wallClock, zoned: false, 0);
        return 19;
    }

    /// <summary>Apache's error log, C's asctime: <c>Fri Oct 08 17:08:41.203277 2021</c>, with or without fraction, in the configured zone.</summary>
    public int ReadAsctime(ReadOnlySpan<byte> text, out long time)
    {
        time = LogLine.NoTime;
        if (text.Length < 24 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[13] != ':' || text[16] != ':' || Month(text[4..]) is not (> 0 and var month)) return 0;
        var length = 19 + ReadFraction(text[19..], out var millisecond);
        if (text.Length < length + 5 || text[length] != ' ') return 0;
        var day = text[8] == ' ' ? text[9] - '0' : TwoDigits(text, 8);
        if (TryMilliseconds(FourDigits(text, length + 1), month, day, TwoDigits(text, 11), TwoDigits(text, 14), TwoDigits(text, 17), millisecond, out var wallClock))
            time = Utc(wallClock, zoned: false, 0);
        return length + 5;
    }

    /// <summary>RFC 3164 section 4.1.2, <c>Jun 14 15:16:01</c>, in the configured zone; also with a fraction, with a year behind the day, and without the day's padding.</summary>
    public int ReadSyslog(ReadOnlySpan<byte> text, out long time)
    {
        time = LogLine.NoTime;
        if (text.Length < 14 || text[3] != ' ' || Month(text) is not (> 0 and var month)) return 0;
        var at = text[4] == ' ' ? 5 : 4;
        var day = (int)Digits.Read(text[at..], 2, out var dayLength);
        at += dayLength;
        if (dayLength == 0 || at >= text.Length || text[at] != ' ') return 0;
        at++;
        var year = (int)Digits.Read(text[at..], 4, out var yearLength);
        if (yearLength == 4 && text.Length > at + 4 && text[at + 4] == ' ') at += 5;
        else year = 0;
        if (text.Length < at + 8 || text[at + 2] != ':' || text[at + 5] != ':') return 0;
        int hour = TwoDigits(text, at), minute = TwoDigits(text, at + 3), second = TwoDigits(text, at + 6);
        at += 8;
        at += ReadFraction(text[at..], out var millisecond);
        if (year > 0)
        {
            if (TryMilliseconds(year, month, day, hour, minute, second, millisecond, out var wallClock)) time = Utc(wallClock, zoned: false, 0);
        }
        else time = InferYear(month, day, hour, minute, second, millisecond);
        return at;
    }

    /// <summary>A date alone, <c>2026-11-01</c>, in UTC; <see cref="LogLine.NoTime"/> where it is none.</summary>
    public static long ReadDate(ReadOnlySpan<byte> text) =>
        text.Length >= 10 && text[4] == '-' && text[7] == '-' && TryMilliseconds(FourDigits(text, 0), TwoDigits(text, 5), TwoDigits(text, 8), 0, 0, 0, 0, out var time)
            ? time : LogLine.NoTime;

    /// <summary>A time of day alone, <c>13:55:36</c> or <c>13:55:36.25</c>, in milliseconds; <see cref="LogLine.NoTime"/> where it is none.</summary>
    public static long ReadTimeOfDay(ReadOnlySpan<byte> text)
    {
        if (text.Length < 8 || text[2] != ':' || text[5] != ':') return LogLine.NoTime;
        return 8 + ReadFraction(text[8..], out var millisecond) == text.Length
            && TryMilliseconds(1970, 1, 1, TwoDigits(text, 0), TwoDigits(text, 3), TwoDigits(text, 6), millisecond, out var time) ? time : LogLine.NoTime;
    }

    /// <summary>
    /// A whole field in whichever notation: ISO 8601, Apache's, nginx's, or the seconds, milli-, micro- or nanoseconds since 1970 (told
    /// apart by their magnitude: a log of this century). False where it is none of those.
    /// </summary>
    public bool TryReadAny(ReadOnlySpan<byte> text, out long time) =>
        TryReadEpoch(text, out time)
        || !text.IsEmpty && (ReadIso(text, out time, out _) == text.Length || ReadClf(text, out time) == text.Length || ReadSlashed(text, out time) is > 0 and var length && length + ReadFraction(text[length..], out _) == text.Length);

    static bool TryReadEpoch(ReadOnlySpan<byte> text, out long time)
    {
        time = LogLine.NoTime;
        var whole = Digits.Read(text, 19, out var digits);
        // Nine digits of seconds are 1973 to 2001: below that it is some other number.
        if (digits < 9 || digits < text.Length && text[digits] != '.') return false;
        var millisecond = 0;
        if (digits < text.Length && digits + ReadFraction(text[digits..], out millisecond) != text.Length) return false;
        time = digits switch
        {
            <= 11 => whole * 1000 + millisecond,
            <= 14 => whole,
            <= 17 => whole / 1000,
            _ => whole / 1_000_000,
        };
        if ((ulong)time > MaxTime) time = LogLine.NoTime;
        return true;
    }

    /// <summary>The moment of a wall clock: at an offset from UTC, or in the configured zone; <see cref="LogLine.NoTime"/> where it does not exist.</summary>
    public long FromWallClock(int year, int month, int day, int hour, int minute, int second, int millisecond, bool zoned, int offsetMinutes) =>
        TryMilliseconds(year, month, day, hour, minute, second, millisecond, out var wallClock) ? Utc(wallClock, zoned, offsetMinutes) : LogLine.NoTime;

    // The latest year that does not bring the time past the day behind the reference; leap days are up to eight years apart.
    long InferYear(int month, int day, int hour, int minute, int second, int millisecond)
    {
        for (var year = referenceYear + 1; year > referenceYear - 9; year--)
            if (TryMilliseconds(year, month, day, hour, minute, second, millisecond, out var wallClock)
                && wallClock - WidestOffset <= latest && local.TryToUtc(wallClock, out var time) && time <= latest)
                return time;
        return LogLine.NoTime;
    }

    long Utc(long wallClock, bool zoned, int offsetMinutes)
    {
        if (!zoned) return local.TryToUtc(wallClock, out var converted) ? converted : LogLine.NoTime;
        var time = wallClock - offsetMinutes * 60_000L;
        return (ulong)time <= MaxTime ? time : LogLine.NoTime;
    }

    /// <summary>An offset from UTC, <c>+0100</c> or <c>+01:00</c>, in minutes; how many bytes it took.</summary>
    public static int ReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length < 5 || text[0] is not ((byte)'+' or (byte)'-')) return 0;
        var colon = text[3] == ':' ? 1 : 0;
        if (text.Length < 5 + colon) return 0;
        int hours = TwoDigits(text, 1), rest = TwoDigits(text, 3 + colon);
        if (hours is < 0 or > 23 || rest is < 0 or > 59) return 0;
        minutes = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
        return 5 + colon;
    }

    static int ReadFraction(ReadOnlySpan<byte> text, out int millisecond)
    {
        millisecond = 0;
        if (text.Length < 2 || text[0] is not ((byte)'.' or (byte)',') || !Digits.At(text, 1)) return 0;
        var scale = 100;
        var at = 1;
        for (; at < text.Length && Digits.At(text, at); at++, scale /= 10) millisecond += (text[at] - '0') * scale;
        return at;
    }
}
