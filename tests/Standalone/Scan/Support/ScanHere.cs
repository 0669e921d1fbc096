using System.Text;
using LogMonitor.Core.Scanning;
using LogMonitor.Standalone.Scan;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Standalone.Tests.Scan.Support;

/// <summary>A scan in this process.</summary>
static class ScanHere
{
    public static async Task<ScanResult> RunAsync(ScanRequest request)
    {
        using var output = new MemoryStream();
        await using var messages = new StringWriter();
        var exitCode = await ScanRun.RunAsync(request, output, messages, new FakeTimeProvider(new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero)), showProgress: false, CancellationToken.None);
        return new ScanResult(exitCode, new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.ToArray()), messages.ToString());
    }

    public static async Task<ScanReport> ReportAsync(params string[] files) => Read.Report((await RunAsync(new ScanRequest { Files = files, Output = ScanOutput.Json })).Output);

    public static async Task<IReadOnlyList<ScanLine>> LinesAsync(params string[] files) => Read.Lines((await RunAsync(new ScanRequest { Files = files, Output = ScanOutput.NdJson })).Output);
}
