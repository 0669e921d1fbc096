using System.Buffers.Binary;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Dates and numbers of timestamps, read by hand: no culture, no allocation, no exception.</summary>
static class Calendar
{
    const long MillisecondsPerDay = 86_400_000;

    /// <summary>The last event time that is taken: a day before the end of year 9999, so that no time zone can push a time out of <see cref="DateTimeOffset"/>'s range.</summary>
    public const long MaxTime = 253_402_214_400_000;

    /// <summary>Milliseconds since 1970-01-01T00:00:00 of a wall clock; false where such a moment does not exist. A leap second is the second after it.</summary>
    public static bool TryMilliseconds(int year, int month, int day, int hour, int minute, int second, int millisecond, out long time)
    {
        time = 0;
        if ((uint)(year - 1970) > 9999 - 1970 || (uint)(month - 1) > 11 || (uint)(hour | minute | second) > 63) return false;
        if (hour > 23 || minute > 59 || second > 60 || day < 1 || day > 28 && day > DateTime.DaysInMonth(year, month)) return false;
        time = DaysSinceEpoch(year, month, day) * MillisecondsPerDay + ((hour * 60 + minute) * 60 + second) * 1000L + millisecond;
        return true;
    }

    /// <summary>1 to 12 for the first three bytes <c>Jan</c> to <c>Dec</c>; 0 for others.</summary>
    public static int Month(ReadOnlySpan<byte> name)
    {
        if (name.Length < 3) return 0;
        return (name[0] << 16 | name[1] << 8 | name[2]) switch
        {
            'J' << 16 | 'a' << 8 | 'n' => 1,
            'F' << 16 | 'e' << 8 | 'b' => 2,
            'M' << 16 | 'a' << 8 | 'r' => 3,
            'A' << 16 | 'p' << 8 | 'r' => 4,
            'M' << 16 | 'a' << 8 | 'y' => 5,
            'J' << 16 | 'u' << 8 | 'n' => 6,
            'J' << 16 | 'u' << 8 | 'l' => 7,
            'A' << 16 | 'u' << 8 | 'g' => 8,
            'S' << 16 | 'e' << 8 | 'p' => 9,
            'O' << 16 | 'c' << 8 | 't' => 10,
            'N' << 16 | 'o' << 8 | 'v' => 11,
            'D' << 16 | 'e' << 8 | 'c' => 12,
            _ => 0,
        };
    }

    /// <summary>The value of two digits; a large negative number where one is not a digit, so that a sum of parts is negative too.</summary>
    public static int TwoDigits(ReadOnlySpan<byte> text, int at)
    {
        var pair = BinaryPrimitives.ReadUInt16LittleEndian(text.Slice(at, 2));
        uint tens = (uint)(pair & 0xFF) - '0', ones = (uint)(pair >> 8) - '0';
        return tens > 9 || ones > 9 ? int.MinValue / 4 : (int)(tens * 10 + ones);
    }

    /// <summary>The value of four digits; negative where one is not a digit.</summary>
    public static int FourDigits(ReadOnlySpan<byte> text, int at)
    {
        int high = TwoDigits(text, at), low = TwoDigits(text, at + 2);
        return high < 0 || low < 0 ? -1 : high * 100 + low;
    }

    // The days of the civil calendar, counted from 0000-03-01 so that the leap day is the last of its year.
    static long DaysSinceEpoch(int year, int month, int day)
    {
        if (month <= 2) { year--; month += 12; }
        var century = year / 100;
        return 365L * year + year / 4 - century + century / 4 + (153 * (month - 3) + 2) / 5 + day - 1 - 719_468;
    }
}
