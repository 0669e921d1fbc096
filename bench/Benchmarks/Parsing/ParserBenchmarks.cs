using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Benchmarks.Parsing;

/// <summary>Framing and parsing of each kind of log, as the ingestor does it: format <c>auto</c>, a line at a time, on one core.</summary>
[Config(typeof(Columns))]
[MemoryDiagnoser]
public class ParserBenchmarks
{
    byte[] log = [];
    string format = "auto";

    /// <summary>What is in the log; <c>custom</c> is the combined log by a compiled LogFormat string.</summary>
    [Params("common", "combined", "custom", "apache_error", "nginx_error", "sshd", "json")]
    public string Log { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        log = GeneratedLog.Of(Log);
        // The spelling keeps the string from being taken for the combined format, which has a parser of its own.
        if (Log == "custom") format = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-AGENT}i\"";
    }

    /// <summary>The sum of the statuses, so that nothing is left out as unused.</summary>
    [Benchmark]
    public long Parse()
    {
        var parser = new LineParser(new ParserOptions { Format = format, ReferenceTime = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero) });
        long sum = 0;
        ReadOnlySpan<byte> rest = log;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            parser.Parse(end < 0 ? rest : rest[..end], out var line);
            sum += line.Status + line.ClientPort;
            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return sum;
    }

    sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new ThroughputColumn());
    }
}
