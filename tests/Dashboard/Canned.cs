namespace LogMonitor.Dashboard.Tests;

/// <summary>An hour of two web servers, one of them scanned for weak spots: what the API answers unless a test says otherwise.</summary>
static class Canned
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 1, 14, 6, 22, TimeSpan.Zero);

    static DateTimeOffset LastMinute { get; } = new(2026, 11, 1, 14, 5, 0, TimeSpan.Zero);

    public static Dictionary<string, object> Answers() => new()
    {
        ["alerts"] = Alerts(),
        [$"alerts/{AlertId}"] = Details(),
        ["reports"] = Reports(),
        ["counts"] = Counts(),
        ["health"] = Health("healthy"),
        ["hosts"] = new[]
        {
            new { host = "web1", lastIngest = Now.AddSeconds(-14), lastEvent = Now.AddSeconds(-21) },
            new { host = "web2", lastIngest = Now.AddSeconds(-13), lastEvent = Now.AddSeconds(-40) },
            new { host = "db-backup", lastIngest = Now.AddHours(-7), lastEvent = Now.AddHours(-7.2) },
        },
    };

    /// <summary>How LogMonitor is, with problems of its channels.</summary>
    public static object Health(string status, params string[] problems) => new
    {
        status,
        checks = new object[] { new { name = "storage", status = "healthy", problems = Array.Empty<string>() }, new { name = "channels", status, problems } },
    };

    public static object[] Alerts() =>
    [
        Alert("a-404", "Burst of 404s", "medium", "web1", new() { ["c-ip"] = "203.0.113.7" }, 57, 9, "5 or more within 1 minute",
        [
            """203.0.113.7 - - [01/Nov/2026:13:48:02 +0000] "GET /wp-login.php HTTP/1.1" 404 153 "-" "Mozilla/5.0 zgrab/0.x" """.TrimEnd(),
            """203.0.113.7 - - [01/Nov/2026:13:48:03 +0000] "GET /.env HTTP/1.1" 404 153 "-" "Mozilla/5.0 zgrab/0.x" """.TrimEnd(),
            """203.0.113.7 - - [01/Nov/2026:13:48:05 +0000] "GET /phpmyadmin/index.php?lang=en HTTP/1.1" 404 153 "-" "Mozilla/5.0 zgrab/0.x" """.TrimEnd(),
        ]),
        Alert("a-urgent", "Urgent entries", "critical", "web2", [], 6, 4, "more than 3 within 10 minutes",
        [
            "Nov  1 13:57:40 web2 app[812]: Urgent log detected: payment queue is not draining",
            "Nov  1 13:59:12 web2 app[812]: Urgent log detected: payment queue is not draining",
        ]),
        Alert("a-ssh", "Failed logins from one address", "low", "web1", new() { ["c-ip"] = "198.51.100.23", ["user"] = "root" }, 11, 6,
            "5 or more within 5 minutes", ["Nov  1 14:01:17 web1 sshd[4211]: Failed password for root from 198.51.100.23 port 51022 ssh2"]),
    ];

    public static object Alert(
        string id, string title, string level, string host, Dictionary<string, string> group, int count, int peak, string threshold,
        string[] samples) => new
        {
            id,
            state = "open",
            rule = $"{id}-rule",
            title,
            level,
            host,
            group,
            first = Now.AddMinutes(-18).AddSeconds(-20),
            last = Now.AddMinutes(-1),
            count,
            peak,
            threshold,
            samples,
            reason = "FirstNotification",
            history = new[]
            {
                new { time = Now.AddMinutes(-17), @event = "opened", reason = "ThresholdReached" },
                new { time = Now.AddMinutes(-17).AddSeconds(1), @event = "notified", reason = "FirstNotification" },
            },
        };

    /// <summary>The id of the alert that has a page.</summary>
    public const string AlertId = "0123456789abcdef-019a3f6c2e10";

    /// <summary>What the page of one alert asks for: a brute force that was told of by mail, and not yet by a chat that is down.</summary>
    public static Dictionary<string, object?> Details() => new()
    {
        ["alert"] = OneAlert(),
        ["name"] = "ssh_brute_force",
        ["opened"] = Now.AddMinutes(-17),
        ["techniques"] = new[] { "T1110", "T1110.003" },
        ["deliveries"] = new object[]
        {
            new { channel = "mail-smtp", kind = "opened", reason = "FirstNotification", state = "sent", attempts = 1, lastResult = "accepted by mail.example.org", history = new[] { new { at = Now.AddMinutes(-17), result = "accepted by mail.example.org" } } },
            new
            {
                channel = "chat", kind = "opened", reason = "FirstNotification", state = "pending", attempts = 2, nextAttempt = Now.AddMinutes(3), lastResult = "Slack answered 503",
                history = new[] { new { at = Now.AddMinutes(-17), result = "Slack cannot be reached: it did not answer within 30 seconds" }, new { at = Now.AddMinutes(-16), result = "Slack answered 503" } },
            },
        },
        ["silences"] = new object[] { Silence("alerts.yml:12", false) },
        ["operator"] = new { },
    };

    public static Dictionary<string, object?> OneAlert() => new()
    {
        ["id"] = AlertId,
        ["state"] = "open",
        ["rule"] = "7c4e2a51-1111-4222-8333-944445555666",
        ["title"] = "Failed logins from one address",
        ["level"] = "high",
        ["host"] = "web1",
        ["group"] = new Dictionary<string, string> { ["c-ip"] = "198.51.100.23" },
        ["first"] = Now.AddMinutes(-18).AddSeconds(-20),
        ["last"] = Now.AddMinutes(-1),
        ["count"] = 1_211,
        ["peak"] = 64,
        ["threshold"] = "5 or more within 5 minutes",
        ["samples"] = new[] { "Nov  1 13:48:02 web1 sshd[4211]: Failed password for root from 198.51.100.23 port 51022 ssh2", "Nov  1 13:48:04 web1 sshd[4212]: Failed password for admin from 198.51.100.23 port 51040 ssh2" },
        ["reason"] = "FirstNotification",
        ["history"] = new[]
        {
            new { time = Now.AddMinutes(-17), @event = "opened", reason = "ThresholdReached" },
            new { time = Now.AddMinutes(-17).AddSeconds(1), @event = "suppressed", reason = "Inhibited: by 0123456789abcdef-019a3f6c2e0f" },
            new { time = Now.AddMinutes(-17).AddSeconds(30), @event = "notified", reason = "FirstNotification" },
        },
    };

    public static object Silence(string id, bool canEnd) => new
    {
        id,
        match = "host web*, c-ip 198.51.100.0/24",
        from = Now.AddHours(canEnd ? -1 : 3),
        until = Now.AddHours(5),
        comment = "kernel update",
        by = canEnd ? "anna" : null,
        holds = canEnd,
        canEnd,
    };

    static object[] Reports()
    {
        var reports = new List<object> { NothingNew(Now.AddSeconds(-12)), Report(Now.AddSeconds(-72), "web1", 2, 1204, 1150, 41, 13, "AlertUpdated") };
        reports.Add(Report(Now.AddSeconds(-72), "web2", 1, 386, 371, 15, 0, "BelowThreshold"));
        for (var minute = 2; minute < 9; minute++) reports.Add(NothingNew(Now.AddMinutes(-minute)));
        reports.Add(Report(Now.AddMinutes(-17), "web1", 2, 918, 880, 30, 8, "AlertOpened"));
        return [.. reports];
    }

    public static object Report(
        DateTimeOffset time, string host, int chunks, int lines, int access, int error, int unknown, string decision) => new
        {
            time,
            host,
            chunks,
            quarantined = host == "web1" ? 1 : 0,
            lines,
            access,
            error,
            unknown,
            firstEvent = time.AddMinutes(-1),
            lastEvent = time.AddSeconds(-8),
            statuses = new Dictionary<string, int> { ["200"] = access - 112, ["304"] = 41, ["404"] = 57, ["500"] = 14 },
            rules = new[]
            {
                Rule("r-404", "Burst of 404s", "medium", "5 or more within 1 minute", 57, 9, decision),
                Rule("r-urgent", "Urgent entries", "high", "more than 3 within 10 minutes", 2, 2, "BelowThreshold"),
                Rule("r-ssh", "Failed logins from one address", "low", "5 or more within 5 minutes", 0, 0, "NoMatches"),
                Rule("r-5xx", "Server errors", "high", "20 or more within 5 minutes", 0, 0, "NoMatches"),
            },
            problems = host == "web1" ? new[] { "web1/nginx-error/3f2a9c/0-18211: not gzip" } : [],
            summary = $"{lines} lines of {chunks} chunks; Burst of 404s peaked at 9 against 5.",
        };

    static object Rule(string rule, string title, string level, string threshold, int matches, int peak, string decision) =>
        new { rule, title, level, threshold, matches, peak, decision };

    static object NothingNew(DateTimeOffset time) => new
    {
        time,
        host = "*",
        chunks = 0,
        quarantined = 0,
        lines = 0,
        access = 0,
        error = 0,
        unknown = 0,
        statuses = new { },
        rules = Array.Empty<object>(),
        problems = Array.Empty<string>(),
        summary = "Nothing new.",
    };

    static object Counts() => new
    {
        from = LastMinute.AddMinutes(-59),
        until = LastMinute,
        minutes = Enumerable.Range(0, 60).Where(m => m is not (20 or 21)).Select(m => new
        {
            minute = LastMinute.AddMinutes(m - 59),
            access = 96 + (int)(28 * Math.Sin(m / 7.0)) + (m * 37 % 23) + (m is > 41 and < 48 ? 45 : 0),
            error = (m * 13 % 7) + (m is > 50 and < 56 ? 22 : 0),
            unknown = m % 9 == 0 ? 6 : 1,
            statuses = new Dictionary<string, int> { ["200"] = 80, ["404"] = m is > 41 and < 48 ? 31 + (m * 7 % 11) : m * 5 % 4 },
        }).ToArray(),
    };
}
