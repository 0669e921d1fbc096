using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;
using MimeKit;

namespace LogMonitor.EndToEnd.Tests;

/// <summary>Lines written to a real file come out as an alert row, a file in alerts/ and a mail.</summary>
public sealed class LineToAlertTests(AzuriteFixture azurite)
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    /// <summary>Nine lines: six 404s within a minute (one of them hostile), another access line, an error line, and one that nobody knows.</summary>
    static readonly string[] burst =
    [
        Lines.Access(0, 200),
        Lines.Access(10, 404, "/<script>alert(1)</script>\u001b[2J"),
        .. Enumerable.Range(2, 5).Select(i => Lines.Access(i * 10, 404, $"/missing/{i}")),
        Lines.Error(30, "PHP Warning:  nothing to see"),
        "who wrote this?",
    ];

    [Fact]
    public async Task ABurstBecomesARowAFileAndAMail()
    {
        var connectionString = azurite.TakeAccount();
        var account = new Account(connectionString);
        await using var machine = new Machine(connectionString);
        await machine.AppendAsync("access.log", Lines.Access(-3600, 200));
        await machine.StartAsync("access.log");
        await machine.UntilReportedAsync(1);
        Assert.Empty(await account.NamesAsync("alerts"));

        await machine.AppendAsync("access.log", burst);

        Assert.Equal(new Totals(Lines: 10, Access: 8, Error: 1, Unknown: 1, Quarantined: 0), await machine.UntilReportedAsync(10));
        await machine.UntilAsync("the mail", () => machine.Mails.Count > 0);

        var row = Assert.Single(await account.RowsAsync("Alerts", "PartitionKey eq 'open'"));
        Assert.Equal(("Open", "Burst of 404s", "Medium", "web1", 6L), (row["State"], row["Title"], row["Level"], row["Host"], row["Count"]));
        Assert.Equal((At("09:00:10"), At("09:01:00")), (row.GetDateTimeOffset("First"), row.GetDateTimeOffset("Last")));

        var file = Assert.Single(await account.NamesAsync("alerts"));
        Assert.Matches(@"^2026/11/01/090010-medium-[0-9a-f]{16}-[0-9a-f]{12}\.txt$", file);
        AssertTells(await account.ReadTextAsync("alerts", file), machine);

        var mail = await MimeMessage.LoadAsync(Assert.Single(machine.Mails), none);
        Assert.Equal("[LogMonitor] medium: Burst of 404s on web1 (6 matches)", mail.Subject);
        Assert.Equal("root@localhost", Assert.Single(mail.To.Mailboxes).Address);
        AssertTells(mail.TextBody!.ReplaceLineEndings("\n"), machine);
        Assert.Contains("&lt;script&gt;", mail.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.HtmlBody, StringComparison.OrdinalIgnoreCase);

        var report = Assert.Single(await account.RowsAsync("Reports", "Lines eq 9L"));
        Assert.Equal(
            "web1: 9 lines (7 access, 1 error, 1 unknown) in 1 chunk; Burst of 404s: 6 matches, at most 6 in a window (5 or more within 1 minute): AlertOpened.",
            report.GetString("Summary"));
    }

    [Fact]
    public async Task OldLinesAlertAndWakeNobody()
    {
        var connectionString = azurite.TakeAccount();
        await using var machine = new Machine(connectionString, ("Alerts__OldAfter", "1.00:00:00"));
        await machine.AppendAsync("access.log", burst);
        await machine.StartAsync("access.log");
        await machine.UntilReportedAsync(9);
        await machine.UntilEvaluatedAsync();
        var row = Assert.Single(await new Account(connectionString).RowsAsync("Alerts", "PartitionKey eq 'open'"));
        Assert.Equal("Burst of 404s", row["Title"]);
        Assert.Empty(machine.Mails);
    }

    [Fact]
    public async Task ALineIsCountedWhenItIsCompleteAndNoneIsCountedTwice()
    {
        await using var machine = new Machine(azurite.TakeAccount());
        await File.WriteAllTextAsync(machine["access.log"], Lines.Access(0, 200) + "\n" + Lines.Access(1, 200)[..20], none);
        await machine.StartAsync("access.log");
        await machine.UntilReportedAsync(1);
        await machine.UntilEvaluatedAsync();
        Assert.Equal(1, (await machine.TotalsAsync()).Lines);

        await File.AppendAllTextAsync(machine["access.log"], Lines.Access(1, 200)[20..] + "\n", none);
        await machine.UntilReportedAsync(2);
        for (var i = 2; i < 20; i++) await machine.AppendAsync("access.log", Lines.Access(i, 200));
        Assert.Equal(new Totals(Lines: 20, Access: 20, Error: 0, Unknown: 0, Quarantined: 0), await machine.UntilReportedAsync(20));
    }

    [Fact]
    public async Task WithAMailServerTheMailGoesThereOverStartTls()
    {
        using var certificates = new Certificates();
        await using var server = await SmtpServerProcess.StartAsync(new()
        {
            CertificateFile = certificates.CertificateFile,
            KeyFile = certificates.KeyFile,
            User = "monitor",
            Password = "s3cret-of-the-server",
        });
        await using var machine = new Machine(azurite.TakeAccount(),
            ("Smtp__Host", "localhost"), ("Smtp__Port", $"{server.Port}"), ("Smtp__User", "monitor"), ("Smtp__Password", "s3cret-of-the-server"),
            ("Smtp__TrustedCertificateFile", certificates.AuthorityFile), ("Mail__From", "logmonitor@shop.example"), ("Mail__To", "ops@shop.example"));
        await machine.AppendAsync("access.log", burst);
        await machine.StartAsync("access.log");

        await machine.UntilAsync("the mail at the server", () => server.Mails.Count > 0);

        var received = Assert.Single(server.Mails);
        Assert.True(received.Secure);
        Assert.Equal(("monitor", "logmonitor@shop.example", "ops@shop.example"), (received.User, received.From, Assert.Single(received.To)));
        using var raw = new MemoryStream(System.Text.Encoding.Latin1.GetBytes(received.Raw));
        var mail = await MimeMessage.LoadAsync(raw, none);
        Assert.Equal("[LogMonitor] medium: Burst of 404s on web1 (6 matches)", mail.Subject);
        AssertTells(mail.TextBody!.ReplaceLineEndings("\n"), machine);
        Assert.Empty(machine.Mails);
        Assert.DoesNotContain("s3cret-of-the-server", machine.Program.Output, StringComparison.Ordinal);
    }

    /// <summary>Counts, window, the first matching lines (harmless), and where to look further.</summary>
    static void AssertTells(string text, Machine machine)
    {
        Assert.Contains("6 matches, from 2026-11-01 09:00:10 to 09:01:00 UTC. The alert is for 5 or more within 1 minute.", text, StringComparison.Ordinal);
        Assert.Matches(@"\nMatches +6\nThreshold .*\nMeasured +6 at most\n", text);
        Assert.Contains("\nFirst matching lines:\n", text, StringComparison.Ordinal);
        Assert.Contains(@"GET /<script>alert(1)</script>\x1b[2J HTTP/1.1", text, StringComparison.Ordinal);
        Assert.Contains("GET /missing/2 HTTP/1.1", text, StringComparison.Ordinal);
        Assert.Contains($"\nAlert: http://localhost:{machine.Client.BaseAddress!.Port}/?alert=", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    static DateTimeOffset At(string time) => DateTimeOffset.Parse($"2026-11-01T{time}Z", System.Globalization.CultureInfo.InvariantCulture);
}
