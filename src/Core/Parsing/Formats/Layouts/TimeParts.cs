using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>The moment that the pieces of a line's timestamp add up to.</summary>
struct TimeParts()
{
    const int Impossible = -1;

    long whole = LogLine.NoTime;
    bool isWhole;
    int year, month = 1, day = 1, hour, minute, second, millisecond, dayOfYear, halfDay = -1;
    int offset;
    bool zoned;

    /// <summary>Reads one piece from the beginning of a text; the bytes it took, -1 where it is not there.</summary>
    public int Read(TimePart part, ReadOnlySpan<byte> text, TimeReader times)
    {
        switch (part)
        {
            case TimePart.Clf:
                if (text.Length >= TimeReader.ClfLength && times.TryReadClf(text[..TimeReader.ClfLength], out whole)) return Whole(TimeReader.ClfLength);
                return Whole(times.ReadClf(text, out whole));
            case TimePart.Iso: return Whole(times.ReadIso(text, out whole, out _));
            case TimePart.EpochSeconds: return Epoch(text, 1000, fraction: false);
            case TimePart.EpochWithFraction: return Epoch(text, 1000, fraction: true);
            case TimePart.EpochMilliseconds: return Epoch(text, 1, fraction: false);
            case TimePart.EpochMicroseconds: return Epoch(text, 0, fraction: false);
            case TimePart.MillisecondFraction: return Number(text, 3, out millisecond);
            case TimePart.MicrosecondFraction:
                var length = Number(text, 6, out millisecond);
                millisecond /= 1000;
                return length;
            case TimePart.Year: return Number(text, 4, out year);
            case TimePart.YearOfCentury:
                length = Number(text, 2, out year);
                year += year < 70 ? 2000 : 1900;
                return length;
            case TimePart.Month: return Number(text, 2, out month);
            case TimePart.MonthName:
                month = Calendar.Month(text);
                return month == 0 ? -1 : 3 + Letters(text[3..]);
            case TimePart.Day: return Number(text, 2, out day);
            case TimePart.DayOfYear: return Number(text, 3, out dayOfYear);
            case TimePart.Hour: return Number(text, 2, out hour);
            case TimePart.HourOfHalfDay:
                length = Number(text, 2, out hour);
                if (hour is < 1 or > 12) hour = Impossible;
                return length;
            case TimePart.HalfDay:
                if (text.Length < 2 || (text[1] | 0x20) != 'm') return -1;
                halfDay = (text[0] | 0x20) switch { 'a' => 0, 'p' => 12, _ => -1 };
                return halfDay < 0 ? -1 : 2;
            case TimePart.Minute: return Number(text, 2, out minute);
            case TimePart.Second: return Number(text, 2, out second);
            case TimePart.Offset:
                length = TimeReader.ReadOffset(text, out offset);
                zoned = length > 0;
                return zoned ? length : -1;
            case TimePart.ZoneName:
                length = Letters(text);
                zoned = text[..length].SequenceEqual("UTC"u8) || text[..length].SequenceEqual("GMT"u8) || text[..length].SequenceEqual("Z"u8);
                return length == 0 ? -1 : length;
            case TimePart.WeekdayName: return Letters(text) is > 0 and var letters ? letters : -1;
            case TimePart.WeekdayNumber: return Digits.At(text, 0) ? 1 : -1;
            case TimePart.TwoDigits: return Number(text, 2, out _);
            case TimePart.FourDigits: return Number(text, 4, out _);
            default: return -1;
        }
    }

    /// <summary>The moment; <see cref="LogLine.NoTime"/> where it does not exist.</summary>
    public readonly long Sum(TimeReader times)
    {
        if (isWhole) return whole == LogLine.NoTime ? whole : whole + millisecond;
        var hourOfDay = halfDay < 0 ? hour : hour == Impossible ? hour : hour % 12 + halfDay;
        if (dayOfYear == 0) return times.FromWallClock(year, month, day, hourOfDay, minute, second, millisecond, zoned, offset);
        if (dayOfYear > 366 || year is < 1970 or > 9999) return LogLine.NoTime;
        var date = new DateOnly(year, 1, 1).DayNumber + dayOfYear - 1;
        if (date > DateOnly.MaxValue.DayNumber) return LogLine.NoTime;
        var ofYear = DateOnly.FromDayNumber(date);
        return ofYear.Year != year ? LogLine.NoTime : times.FromWallClock(year, ofYear.Month, ofYear.Day, hourOfDay, minute, second, millisecond, zoned, offset);
    }

    int Whole(int length)
    {
        isWhole = true;
        return length > 0 ? length : -1;
    }

    int Epoch(ReadOnlySpan<byte> text, int milliseconds, bool fraction)
    {
        var number = Digits.Read(text, 18, out var length);
        if (length is 0 or 18) return -1;
        isWhole = true;
        whole = milliseconds == 0 ? number / 1000 : number <= Calendar.MaxTime ? number * milliseconds : LogLine.NoTime;
        if (fraction && length < text.Length && text[length] == '.' && Digits.At(text, length + 1))
        {
            var rest = text[(length + 1)..];
            var thousandths = Digits.Read(rest, 3, out var digits);
            for (var i = digits; i < 3; i++) thousandths *= 10;
            millisecond = (int)thousandths;
            length += 1 + digits;
            while (Digits.At(text, length)) length++;
        }
        if ((ulong)whole > Calendar.MaxTime) whole = LogLine.NoTime;
        return length;
    }

    // A number of so many digits, the first of them perhaps a space.
    static int Number(ReadOnlySpan<byte> text, int width, out int value)
    {
        value = 0;
        if (text.Length < width) return -1;
        var start = text[0] == ' ' ? 1 : 0;
        value = (int)Digits.Read(text[start..], width - start, out var digits);
        return digits == width - start ? width : -1;
    }

    static int Letters(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && length < 12 && (text[length] | 0x20) is >= 'a' and <= 'z') length++;
        return length;
    }
}
