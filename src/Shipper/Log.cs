using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper;

/// <summary>Everything the shipper says.</summary>
static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Following {Path} as stream {Stream} from byte {Offset}.")]
    public static partial void Following(this ILogger logger, string path, string stream, long offset);

    [LoggerMessage(2, LogLevel.Information, "{Path} was rotated: the old file is shipped to its end.")]
    public static partial void Rotated(this ILogger logger, string path);

    [LoggerMessage(3, LogLevel.Information, "{Path} was truncated or overwritten: it is shipped from its beginning, and the rest of its old content from {Copy}.")]
    public static partial void TruncatedWithCopy(this ILogger logger, string path, string copy);

    [LoggerMessage(4, LogLevel.Information, "{Path} was truncated or overwritten: it is shipped from its beginning.")]
    public static partial void Truncated(this ILogger logger, string path);

    [LoggerMessage(5, LogLevel.Warning, "{Path} was truncated before its last {Bytes} bytes were shipped, and no copy of them is beside it: they are lost. Let logrotate rename the log instead of 'copytruncate', or keep the newest copy uncompressed ('delaycompress').")]
    public static partial void Lost(this ILogger logger, string path, long bytes);

    [LoggerMessage(6, LogLevel.Warning, "{Path} was shipped to byte {Offset} and is no longer in its directory: what was written behind that is lost if the file is gone. Keep the newest rotated file uncompressed ('delaycompress') and in the same directory.")]
    public static partial void Vanished(this ILogger logger, string path, long offset);

    [LoggerMessage(22, LogLevel.Warning, "{Path} was deleted and held open until it took more than 'maxHeldBytes' of the disk, and no compressed copy of it is beside it: its last {Bytes} bytes are lost. Mend the upload, allow more, or keep rotated files longer.")]
    public static partial void HeldTooLong(this ILogger logger, string path, long bytes);

    [LoggerMessage(23, LogLevel.Information, "{Path} was rotated while no shipper ran: it is shipped as part of stream {Stream}.")]
    public static partial void Missed(this ILogger logger, string path, string stream);

    [LoggerMessage(24, LogLevel.Information, "The kernel can't tell of changes ({Why}): files are looked at at each poll interval instead. sysctl fs.inotify shows the limits.")]
    public static partial void Polling(this ILogger logger, string why);

    [LoggerMessage(7, LogLevel.Warning, "{Path} has a line of more than {Bytes} bytes at byte {Offset}: it is cut there, and its rest counts as a line of its own.")]
    public static partial void LineTooLong(this ILogger logger, string path, long bytes, long offset);

    [LoggerMessage(8, LogLevel.Debug, "Stored {Chunk}: {Lines} lines.")]
    public static partial void Stored(this ILogger logger, string chunk, long lines);

    [LoggerMessage(9, LogLevel.Debug, "{Chunk} had been stored before.")]
    public static partial void Exists(this ILogger logger, string chunk);

    [LoggerMessage(10, LogLevel.Warning, "{Message}")]
    public static partial void Trouble(this ILogger logger, string message);

    [LoggerMessage(11, LogLevel.Information, "Resolved: {Message}")]
    public static partial void Resolved(this ILogger logger, string message);

    [LoggerMessage(12, LogLevel.Error, "The position file {Path} is damaged. It is kept as {Aside} for inspection, and its log file is shipped again from its beginning: lines may be counted twice.")]
    public static partial void PositionFileIsCorrupt(this ILogger logger, string path, string aside);

    [LoggerMessage(13, LogLevel.Warning, "Not everything was uploaded within {Seconds} s of the stop. Nothing is lost: it is shipped at the next start.")]
    public static partial void StopTookTooLong(this ILogger logger, double seconds);

    [LoggerMessage(14, LogLevel.Error, "{Message}")]
    public static partial void CannotStart(this ILogger logger, string message);

    [LoggerMessage(15, LogLevel.Information, "Shipped {Lines} lines, {Bytes} bytes, in {Chunks} chunks; {Problems} problems.")]
    public static partial void ShippedOnce(this ILogger logger, long lines, long bytes, long chunks, int problems);

    [LoggerMessage(30, LogLevel.Information, "{Path} is not in the configuration any more: it is let go at byte {Offset}.")]
    public static partial void NoLongerFollowed(this ILogger logger, string path, long offset);

    [LoggerMessage(31, LogLevel.Information, "The configuration {Path} was read again and is in force.")]
    public static partial void Reloaded(this ILogger logger, string path);

    [LoggerMessage(32, LogLevel.Error, "The configuration {Path} was read again and can't be used: the one before it stays in force. {Problems}")]
    public static partial void ReloadRefused(this ILogger logger, string path, string problems);

    [LoggerMessage(33, LogLevel.Information, "Health and metrics are served on http://{Address}/healthz and /metrics.")]
    public static partial void Listening(this ILogger logger, System.Net.EndPoint address);

    [LoggerMessage(34, LogLevel.Error, "Health and metrics can't be served on {Address}: {Reason}. Shipping goes on without. Name another address in the configuration ('health.listen'), or 'none'.")]
    public static partial void CannotListen(this ILogger logger, System.Net.EndPoint address, string reason);

    [LoggerMessage(35, LogLevel.Information, "The secret for the destination has changed: it is used from now on.")]
    public static partial void SecretChanged(this ILogger logger);
}
