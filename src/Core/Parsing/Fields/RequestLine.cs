using System.Buffers;

namespace LogMonitor.Core.Parsing.Fields;

/// <summary>The first line of a request, as logged: RFC 9112 section 3, and what clients send in its place.</summary>
static class RequestLine
{
    /// <summary>RFC 9110's token: what a method is made of.</summary>
    static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    static readonly SearchValues<byte> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"u8);

    /// <summary>
    /// Splits a request into method, target and protocol. What has not that form (a TLS hello, a port scanner's word) is the
    /// target as a whole, without method, so that rules still see it.
    /// </summary>
    public static void Split(ReadOnlySpan<byte> request, ref LogLine line)
    {
        if (request.Length < 2)
        {
            if (request.Length == 1 && request[0] != '-') SetTarget(request, ref line);
            return;
        }
        var target = request;
        var last = request.LastIndexOf((byte)' ');
        var protocol = last > 0 && IsProtocol(request[(last + 1)..]);
        if (protocol) target = request[..last];
        var space = target.IndexOf((byte)' ');
        if (space > 0 && space + 1 < target.Length && (protocol ? IsMethod(target[..space]) : space <= 32 && target[..space].IndexOfAnyExcept(Capitals) < 0))
        {
            if (protocol) line.Protocol = request[(last + 1)..];
            line.Method = target[..space];
            SetTarget(target[(space + 1)..], ref line);
        }
        else SetTarget(request, ref line);
    }

    /// <summary>Whether it is made of what methods are made of; <c>-</c> is.</summary>
    public static bool IsMethod(ReadOnlySpan<byte> text) => text.Length is > 0 and <= 32 && text.IndexOfAnyExcept(Token) < 0;

    /// <summary>Sets the target, and its path and query.</summary>
    public static void SetTarget(ReadOnlySpan<byte> target, ref LogLine line)
    {
        line.Target = target;
        var question = target.IndexOf((byte)'?');
        line.Path = question < 0 ? target : target[..question];
        line.Query = question < 0 ? default : target[(question + 1)..];
    }

    static bool IsProtocol(ReadOnlySpan<byte> text) =>
        text.Length is >= 5 and <= 10 && (text.StartsWith("HTTP/"u8) || text.StartsWith("RTSP/"u8) || text.StartsWith("SIP/"u8));
}
