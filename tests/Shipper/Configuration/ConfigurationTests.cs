using System.Net;
using System.Text.RegularExpressions;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests.Configuration;

public sealed partial class ConfigurationTests
{
    [Fact]
    public void TheSampleThatIsShippedIsAConfiguration()
    {
        var read = ConfigurationFile.Read(Repository.PathOf("packaging/shipper.yml"));

        Assert.Equal("https://ACCOUNT.blob.core.windows.net/incoming", read.Destination.Url);
        Assert.Equal(["/var/log/nginx/*.log", "/var/log/apache2/*.log", "/var/log/auth.log"], read.Options.Files.Select(file => file.Path));
        Assert.Equal(ShipperConfiguration.DefaultListen, read.Listen);
        Assert.Equal((4 << 20, TimeSpan.FromSeconds(30)), (read.Options.MaxChunkBytes, read.Options.FlushInterval));
    }

    [Fact]
    public void EveryKeyThatTheSampleExplainsIsKnown()
    {
        // At the beginning of a line a '# key: value' is a key that may be switched on by taking the '# ' away.
        var keys = File.ReadLines(Repository.PathOf("packaging/shipper.yml")).Where(line => Optional().IsMatch(line)).Select(line => line[2..]).ToList();

        Assert.Equal(["host", "timezone", "stateDirectory", "poll", "maxHeldBytes", "idleFlush", "heartbeat", "redact"], keys.Select(line => line.Split(':')[0]));
        Parse($"{Minimal}\n{string.Join('\n', keys)}");
    }

    [Fact]
    public void EveryKeyIsRead()
    {
        var read = Parse("""
            destination:
              credential: client-secret
              url: https://account.blob.core.windows.net/incoming
              tenantId: tenant
              clientId: client
              secretFile: /etc/logmonitor/secret
            host: web1
            stateDirectory: /var/lib/other
            timezone: Europe/Berlin
            poll: 500 ms
            maxHeldBytes: 2 GiB
            idleFlush: 1 m
            heartbeat: 90 s
            files:
              - /var/log/auth.log
              - path: /var/log/nginx/*.log
                exclude: [debug.log, /var/log/nginx/old-*]
                stream: shop
                format: combined
                timezone: UTC
                labels: { team: shop & co, zone: "1" }
            chunks: { size: 512 KiB, interval: 5s }
            health: { listen: none }
            """);

        Assert.Equal(("tenant", "client", "/etc/logmonitor/secret", CredentialKind.ClientSecret), (read.Destination.TenantId, read.Destination.ClientId, read.Destination.SecretFile, read.Destination.Credential));
        Assert.Equal(("web1", "/var/lib/other", "Europe/Berlin"), (read.Options.Host, read.Options.StateDirectory, read.Options.Zone));
        Assert.Equal((TimeSpan.FromMilliseconds(500), 2L << 30, TimeSpan.FromMinutes(1)), (read.Options.PollInterval, read.Options.MaxHeldBytes, read.Options.IdleFlush));
        Assert.Equal(TimeSpan.FromSeconds(90), read.Options.Heartbeat);
        Assert.Null(Parse($"{Minimal}\nheartbeat: none").Options.Heartbeat);
        Assert.Equal((512 << 10, TimeSpan.FromSeconds(5)), (read.Options.MaxChunkBytes, read.Options.FlushInterval));
        Assert.Null(read.Listen);
        Assert.Equal(new FollowedPath("/var/log/auth.log"), read.Options.Files[0]);
        var file = read.Options.Files[1];
        Assert.Equal(("shop", "combined", "UTC", "team=shop%20%26%20co&zone=1"), (file.Stream, file.Format, file.Zone, file.Labels));
        Assert.Equal(["debug.log", "/var/log/nginx/old-*"], file.Exclude);
    }

    [Fact]
    public void JsonIsAConfigurationToo()
    {
        var read = Parse("""{"destination": {"url": "https://account.blob.core.windows.net/incoming?sp=c&sig=topsecret"}, "files": "/var/log/auth.log", "health": {"listen": "[::1]:9000"}}""");

        Assert.Equal(CredentialKind.Sas, read.Destination.Credential);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 9000), read.Listen);
        Assert.DoesNotContain("topsecret", read.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakesAreSaidAtOnceWithTheirPlaces()
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse("""
            destination:
              url: https://account.blob.core.windows.net/incoming
              kind: sas
            hostname: web1
            files:
              - path: logs/access.log
                stream: [a, b]
            chunks: { size: 1 GiB, interval: 5 }
            health: { listen: 9464 }
            """));

        Assert.Equal(
            [
                "c.yml:3:3: 'destination.kind' is not known; 'destination' has url, credential, clientId, tenantId, certificateFile, secretFile, secretEnvironment, container",
                "c.yml:4:1: 'hostname' is not known; the configuration has destination, chunks, host, stateDirectory, timezone, files, maxHeldBytes, idleFlush, heartbeat, redact, poll, health",
                "c.yml:6:11: 'files[0].path' is 'logs/access.log'; it must be an absolute path: it begins with '/'",
                "c.yml:7:13: 'files[0].stream' is a list; it must be a text",
                "c.yml:8:17: 'chunks.size' is '1 GiB'; allowed are 64 KiB to 64 MiB, such as 4 MiB",
                "c.yml:8:34: 'chunks.interval' is '5'; allowed are 1 s to 24 h, such as 30 s; units are ms, s, m and h",
                "c.yml:9:19: 'health.listen' is '9464'; it must be an address and a port, such as 127.0.0.1:19464, or none",
            ],
            error.Problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("", "c.yml:1:1: the file is empty; the file is a map with destination, files and more")]
    [InlineData("- a", "c.yml:1:1: the file is a map with destination, files and more")]
    [InlineData("a: [", "c.yml:2:1: this is not YAML: ")]
    [InlineData("a: 1\na: 2", "c.yml:2:1: this is not YAML: ")]
    [InlineData("host: a\n---\nhost: b", "c.yml:1:1: the file has several documents ('---'); one is read")]
    [InlineData("files: /a", "c.yml:1:1: 'destination.url' is missing: the container's address")]
    public void WhatIsNoConfigurationIsRefused(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => Parse(text)).Problems[0].ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("host: a b", "c.yml:3:7: 'host' is 'a b'; allowed are letters, digits, '.', '_' and '-'")]
    [InlineData("timezone: Europe/Nowhere", "c.yml:3:11: 'timezone' is 'Europe/Nowhere'; no such time zone is known here")]
    [InlineData("heartbeat: 30 s", "c.yml:3:12: 'heartbeat' is '30 s'; allowed are 1 m to 1 h")]
    [InlineData("poll: 0 s", "c.yml:3:7: 'poll' is '0 s'; allowed are 10 ms to 1 m")]
    [InlineData("chunks: 4 MiB", "c.yml:3:9: 'chunks' is '4 MiB'; it must be a map of keys and values")]
    [InlineData("stateDirectory:", "c.yml:3:16: 'stateDirectory' is nothing; it must be a text")]
    [InlineData("maxHeldBytes: lots", "c.yml:3:15: 'maxHeldBytes' is 'lots'; allowed are 0 B to")]
    public void AValueThatCannotBeUsedIsSaidWithWhatIsAllowed(string line, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => Parse($"{Minimal}\n{line}")).Problems[0].ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("path: /a, format: nope", "c.yml:2:29: 'files[0].format' is 'nope'; 'nope' is not a log format. Use auto, one of access,")]
    [InlineData("path: /a, stream: A", "c.yml:2:29: 'files[0].stream' is 'A'; allowed are lower-case letters")]
    [InlineData("stream: a", "c.yml:2:10: 'files[0].path' is missing: which log file, or pattern for several?")]
    [InlineData("path: /a, labels: {Team: x}", "c.yml:2:30: the label 'Team' can't be used; a name has lower-case letters")]
    [InlineData("path: /a, labels: [x]", "c.yml:2:29: 'files[0].labels' is a list; it must be a map of keys and values")]
    public void AFileEntryThatCannotBeUsedIsSaid(string entry, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(() => Parse($"{Destination}\nfiles: [ {{{entry}}} ]")).Problems[0].ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("url: https://a/b, credential: password", "'destination.credential' is 'password'; allowed are automatic, managed-identity, workload-identity, client-secret, client-certificate, sas, connection-string")]
    [InlineData("url: https://a/b, credential: sas", "'destination.credential' needs 'destination.secretFile' or 'destination.secretEnvironment', which holds the SAS")]
    [InlineData("url: https://a/b, credential: client-secret, secretFile: /s", "'destination.credential' needs 'destination.tenantId' and 'destination.clientId'")]
    [InlineData("url: https://a/b, credential: client-certificate, tenantId: t, clientId: c", "'destination.certificateFile', a PEM or PFX file")]
    [InlineData("url: https://a/b, secretFile: /s", "a secret goes with 'destination.credential' client-secret")]
    [InlineData("url: https://a/b, credential: connection-string, secretFile: /s", "'destination.url' does not go with a connection string")]
    [InlineData("url: https://a/b, container: c", "'destination.container' goes with a connection string only")]
    [InlineData("url: 'https://a/b?sig=topsecret', secretFile: /s", "'destination.url' has a SAS, and a secret is named too")]
    [InlineData("url: https://a/b, credential: sas, secretFile: /s, secretEnvironment: S", "'destination.secretFile' and 'destination.secretEnvironment' are both given")]
    public void ACredentialSaysWhatItLacks(string destination, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse($"destination: {{ {destination} }}\nfiles: /a"));

        Assert.Contains(error.Problems, problem => problem.Message.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain("topsecret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("destination: https://account.blob.core.windows.net/incoming?sig=topsecret\nfiles: /a")]
    [InlineData(Destination + "\nfiles: 'https://account.blob.core.windows.net/incoming?sig=topsecret'")]
    [InlineData(Destination + "\nfiles: /a\nhost: 'AccountName=a;AccountKey=topsecret'")]
    [InlineData(Destination + "\nfiles: /a\n'https://account.blob.core.windows.net/incoming?sig=topsecret': a")]
    public void ASecretInTheWrongPlaceIsNotShown(string text) =>
        Assert.DoesNotContain("topsecret", Assert.Throws<ConfigurationException>(() => Parse(text)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsNotThereOrTooLongIsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["long.yml"], new string('#', 2 << 20));

        Assert.Contains("there is no such file", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(folder["none.yml"])).Message, StringComparison.Ordinal);
        Assert.Contains("longer than 1 MiB", Assert.Throws<ConfigurationException>(() => ConfigurationFile.Read(folder["long.yml"])).Message, StringComparison.Ordinal);
    }

    const string Destination = "destination: { url: 'https://account.blob.core.windows.net/incoming' }";

    const string Minimal = Destination + "\nfiles: /var/log/auth.log";

    [GeneratedRegex("^# [a-zA-Z]+: ")]
    private static partial Regex Optional();

    static ShipperConfiguration Parse(string text) => ConfigurationFile.Parse("c.yml", text);
}
