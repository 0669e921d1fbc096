using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LogMonitor.Standalone.Tests;

public sealed class CalmConsoleFormatterTests
{
    [Theory]
    [InlineData(LogLevel.Information, "Ingested 3 lines", "Ingested 3 lines")]
    [InlineData(LogLevel.Warning, "careful", "warning: careful")]
    [InlineData(LogLevel.Error, "failed", "error: failed")]
    [InlineData(LogLevel.Information, "\u001b[2J\u001b]0;owned\u0007", @"\x1b[2J\x1b]0;owned\x07")]
    [InlineData(LogLevel.Information, "one\r\n12:00:00  error: forged", @"one\x0d\x0a12:00:00  error: forged")]
    [InlineData(LogLevel.Information, "\u009b31m \u202egnp.exe", @"\x9b31m \u{202e}gnp.exe")]
    public void AnEventIsOneLineThatCannotSteerATerminal(LogLevel level, string message, string expected)
    {
        var line = Format(level, message, null);
        Assert.Matches(@"^\d\d:\d\d:\d\d  ", line);
        Assert.Equal(expected, line[10..]);
    }

    [Fact]
    public void AnExceptionsStackIsNotForTheTerminal() =>
        Assert.Equal("error: it failed", Format(LogLevel.Error, "it failed", new InvalidOperationException("inner"))[10..]);

    [Fact]
    public void AVeryLongMessageIsCut() => Assert.InRange(Format(LogLevel.Warning, new string('x', 100_000), null).Length, 1_000, 2_100);

    static string Format(LogLevel level, string message, Exception? exception)
    {
        using var writer = new StringWriter();
        new CalmConsoleFormatter().Write(new LogEntry<string>(level, "LogMonitor", default, message, exception, (state, _) => state), null, writer);
        Assert.EndsWith("\n", writer.ToString(), StringComparison.Ordinal);
        return writer.ToString()[..^1];
    }
}
