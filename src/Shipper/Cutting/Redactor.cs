using System.Buffers;
using System.Net;
using System.Text;

namespace LogMonitor.Shipper.Cutting;

/// <summary>Makes secrets in log lines unreadable, in place; see <see cref="Redaction"/>.</summary>
sealed class Redactor(Redaction redaction)
{
    /// <summary>The longest name of a parameter.</summary>
    public const int MaxName = 64;

    const int LongestAddress = 45;

    static readonly SearchValues<byte> beforeName = SearchValues.Create("?&; \t\"'({,\n"u8);
    static readonly SearchValues<byte> nameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]"u8);
    static readonly SearchValues<byte> behindValue = SearchValues.Create("&; \t\"'\\#)},<>\r\n"u8);
    static readonly SearchValues<byte> inAddress = SearchValues.Create("0123456789abcdefABCDEF.:"u8);
    static readonly SearchValues<byte> separators = SearchValues.Create(".:"u8);
    static readonly SearchValues<byte> word = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    readonly byte[][] names = [.. redaction.Parameters.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether a text can be the name of a parameter.</summary>
    public static bool IsName(string text) => text.Length is > 0 and <= MaxName && Encoding.UTF8.GetBytes(text).AsSpan().IndexOfAnyExcept(nameCharacters) < 0;

    /// <summary>Changes whole lines. The same bytes always give the same.</summary>
    public void Redact(Span<byte> lines)
    {
        if (names.Length > 0) RedactParameters(lines);
        if (redaction.Addresses) RedactAddresses(lines);
    }

    void RedactParameters(Span<byte> lines)
    {
        for (var at = 0; lines[at..].IndexOf((byte)'=') is >= 0 and var next;)
        {
            at += next + 1;
            if (!IsSecret(lines[..(at - 1)])) continue;
            var length = lines[at..].IndexOfAny(behindValue);
            if (length < 0) length = lines.Length - at;
            lines.Slice(at, length).Fill((byte)'*');
            at += length;
        }
    }

    bool IsSecret(ReadOnlySpan<byte> before)
    {
        var start = Math.Max(0, before.Length - MaxName - 1);
        var behind = before[start..].LastIndexOfAnyExcept(nameCharacters);
        if (behind < 0 ? start > 0 : !beforeName.Contains(before[start + behind])) return false;
        var name = before[(start + behind + 1)..];
        foreach (var secret in names)
            if (Ascii.EqualsIgnoreCase(name, secret)) return true;
        return false;
    }

    static void RedactAddresses(Span<byte> lines)
    {
        for (var at = 0; lines[at..].IndexOfAny(separators) is >= 0 and var next;)
        {
            at += next;
            // The whole run of characters that addresses have, around the point or colon.
            var start = lines[..at].LastIndexOfAnyExcept(inAddress) + 1;
            var length = lines[start..].IndexOfAnyExcept(inAddress);
            var end = length < 0 ? lines.Length : start + length;
            if (IsWordBoundary(lines, start, end)) RedactAddress(lines[start..end]);
            at = end;
        }
    }

    // A version, as in Browser/1.2.3.4, is none.
    static bool IsWordBoundary(ReadOnlySpan<byte> lines, int start, int end) =>
        (end == lines.Length || !word.Contains(lines[end]))
        && (start == 0 || (!word.Contains(lines[start - 1]) && !(lines[start - 1] == '/' && start > 1 && word.Contains(lines[start - 2]))));

    static void RedactAddress(Span<byte> run)
    {
        // A sentence may end behind it, or a port follow.
        while (run is [.. var rest, (byte)'.' or (byte)':'] && !run.EndsWith("::"u8)) run = rest;
        if (run.Length is < 2 or > LongestAddress + 6) return;
        if (run.Count((byte)':') == 1) run = run[..run.IndexOf((byte)':')];
        if (run.Count((byte)'.') == 3 && run.IndexOf((byte)':') < 0) RedactLastOctet(run);
        else if ((run.IndexOf("::"u8) >= 0 || run.Count((byte)':') == 7) && IsAddress(run)) RedactGroups(run);
    }

    static void RedactLastOctet(Span<byte> run)
    {
        if (IsAddress(run)) run[(run.LastIndexOf((byte)'.') + 1)..].Fill((byte)'0');
    }

    // What stands behind the third group is not the network's; '::' may stand for some of the first three, and what follows it is the last.
    static void RedactGroups(Span<byte> run)
    {
        if (run.StartsWith("::ffff:"u8) && run.Contains((byte)'.'))
        {
            RedactLastOctet(run[(run.LastIndexOf((byte)':') + 1)..]);
            return;
        }
        var group = 0;
        var isBehindGap = run.StartsWith("::"u8);
        for (var i = 0; i < run.Length; i++)
            if (run[i] == ':')
            {
                group++;
                isBehindGap |= i + 1 < run.Length && run[i + 1] == ':';
            }
            else if (run[i] != '.' && (group >= 3 || isBehindGap))
            {
                run[i] = (byte)'0';
            }
    }

    static bool IsAddress(ReadOnlySpan<byte> run) => run.Length <= LongestAddress && IPAddress.IsValidUtf8(run);
}
