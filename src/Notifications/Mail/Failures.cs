using System.Net.Sockets;
using System.Security.Authentication;
using LogMonitor.Core.Text;

namespace LogMonitor.Notifications.Mail;

/// <summary>What failed below a channel, in one line.</summary>
static class Failures
{
    const int MaxLength = 200;

    /// <summary>
    /// The innermost cause: outer messages of HTTP and TLS say little more than that there is an inner one. Messages hold
    /// host names and paths, no secrets: neither HTTP headers nor SMTP credentials get into an exception.
    /// </summary>
    public static string InWords(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return failure switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nothing listens there (connection refused)",
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }
                => "the host name is not known",
            SocketException { SocketErrorCode: SocketError.ConnectionReset } => "the other side closed the connection",
            AuthenticationException => "the TLS handshake failed",
            IOException or HttpRequestException or MailKit.ProtocolException or SocketException => Quote(failure.Message).TrimEnd('.'),
            // Not the world outside: its kind helps whoever looks for the fault.
            _ => Quote($"{failure.GetType().Name}: {failure.Message}").TrimEnd('.'),
        };
    }

    /// <summary>Words of the other side or of the system: one printable line of bounded length.</summary>
    public static string Quote(string? text) => DisplayText.From(text?.ReplaceLineEndings(" ").Trim(), MaxLength).ToString();
}
