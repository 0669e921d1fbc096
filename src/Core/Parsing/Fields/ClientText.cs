using System.Buffers;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>Addresses and host names of clients, in the spellings that logs use.</summary>
static class ClientText
{
    /// <summary>What an IPv4 or IPv6 address (with a scope, in brackets) or a host name is made of.</summary>
    static readonly SearchValues<byte> NameBytes = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.:-_%[]"u8);

    static readonly SearchValues<byte> Ipv4Bytes = SearchValues.Create("0123456789."u8);

    static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF.:"u8);

    /// <summary>What the names of network interfaces are made of.</summary>
    static readonly SearchValues<byte> ZoneBytes = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_"u8);

    /// <summary>Whether it can be an address or a host name at all; <c>-</c> can.</summary>
    public static bool IsName(ReadOnlySpan<byte> text) => text.Length is > 0 and <= 255 && text.IndexOfAnyExcept(NameBytes) < 0;

    /// <summary>Whether it looks like an IPv4 or IPv6 address, with or without a zone (RFC 4007 section 11: <c>fe80::1%eth0</c>).</summary>
    public static bool IsAddress(ReadOnlySpan<byte> text)
    {
        var zone = text.IndexOf((byte)'%');
        if (zone >= 0)
        {
            var name = text[(zone + 1)..];
            if (name.Length is 0 or > 32 || name.IndexOfAnyExcept(ZoneBytes) >= 0) return false;
            text = text[..zone];
            if (!text.Contains((byte)':')) return false;
        }
        if (text.Length is < 2 or > 45 || text.IndexOfAnyExcept(AddressBytes) >= 0) return false;
        // Eight groups, or "::" for some of them: a time of day is no address.
        if (text.Contains((byte)':')) return text.IndexOf("::"u8) >= 0 || text.Count((byte)':') == (text.Contains((byte)'.') ? 6 : 7);
        return IsIpv4(text);
    }

    static bool IsIpv4(ReadOnlySpan<byte> text) =>
        text.Length <= 15 && Digits.At(text, 0) && Digits.At(text, text.Length - 1) && text.Count((byte)'.') == 3 && text.IndexOfAnyExcept(Ipv4Bytes) < 0;

    /// <summary>Without brackets; an IPv4 address in IPv6 clothes (<c>::ffff:192.0.2.1</c>) as the IPv4 address, so that one client is one group; <c>-</c> is absent.</summary>
    public static ReadOnlySpan<byte> Normalise(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2) return text.SequenceEqual("-"u8) ? default : text;
        if (text[0] == '[' && text[^1] == ']') text = text[1..^1];
        return text.Length > 7 && text[0] is (byte)':' or (byte)'0' ? Unmapped(text) : text;
    }

    // RFC 4291 section 2.5.5.2, in the short and in the long form.
    static ReadOnlySpan<byte> Unmapped(ReadOnlySpan<byte> text)
    {
        var prefix = text.StartsWith("::"u8) ? 2 : text.StartsWith("0:0:0:0:0:"u8) ? 10 : 0;
        if (prefix == 0 || text.Length < prefix + 5 || text[prefix + 4] != ':' || !Ascii.EqualsIgnoreCase(text.Slice(prefix, 4), "ffff"u8)) return text;
        var address = text[(prefix + 5)..];
        return IsIpv4(address) ? address : text;
    }

    /// <summary>An address with or without a port: <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c>, <c>2001:db8::1</c>.</summary>
    /// <param name="unbracketedIpv6Port">Whether the writer puts a port behind an IPv6 address without brackets, as Apache 2.4 does.</param>
    public static ReadOnlySpan<byte> SplitPort(ReadOnlySpan<byte> text, out int port, bool unbracketedIpv6Port = false)
    {
        port = 0;
        if (text.Length > 0 && text[0] == '[')
        {
            var close = text.IndexOf((byte)']');
            if (close < 0) return text;
            if (close + 1 < text.Length && text[close + 1] == ':') port = Digits.Port(text[(close + 2)..]);
            return Normalise(text[..(close + 1)]);
        }
        var colon = text.LastIndexOf((byte)':');
        if (colon < 0) return Normalise(text);
        var tail = text[(colon + 1)..];
        var one = text[..colon].IndexOf((byte)':') < 0;
        // In an IPv6 address the last group may be decimal by chance: only what is too long for a group, or a client's usual port, is taken for one.
        if (one ? Digits.Port(tail) > 0 || tail is [(byte)'0'] : tail.Length == 5 && Digits.Port(tail) > 0 || unbracketedIpv6Port && (Digits.Port(tail) >= 1024 || tail is [(byte)'0']) || text.StartsWith("::ffff:"u8) && text.Contains((byte)'.') && Digits.Port(tail) > 0)
        {
            port = Digits.Port(tail);
            text = text[..colon];
        }
        return Normalise(text);
    }
}
