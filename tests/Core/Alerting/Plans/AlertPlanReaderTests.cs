using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Alerting.Plans;

public sealed class AlertPlanReaderTests
{
    const string Whole = """
        defaults: {grace: 10m, cooldown: 1h, repeat: 8h, notifyFrom: low, notifyResolved: true, oldAfter: 2d}
        channels:
          night-shift: {type: mail, to: [night@example.org, "Ops <ops@example.org>"]}
          hook: {type: webhook, url: "https://hooks.example.org/x?key=1", secretEnvironment: HOOK_SECRET}
          chat: {type: slack, urlFile: /etc/logmonitor/slack}
          teams: {type: teams, urlEnvironment: TEAMS_URL}
          pager: {type: pagerduty, keyEnvironment: PAGERDUTY_KEY, host: "https://events.eu.pagerduty.com"}
          phone: {type: sms, account: AC0, tokenFile: /etc/logmonitor/twilio, from: "+15005550006", to: "+4930123456"}
        routes:
          - match: {levelFrom: high, host: web*}
            channels: [pager, mail]
            escalate: {after: 15m, channels: phone}
          - match: {rule: http_404_burst, c-ip: [192.0.2.0/24, 203.0.113.7]}
            channels: []
          - match: {level: [low, informational]}
            channels: chat
            notifyFrom: informational
            cooldown: 1d
            repeat: 1w
            groupBy: [client]
            groupWait: 30s
            groupInterval: 1h
        silences:
          - match: {host: web3}
            from: 2026-11-24T22:00:00+01:00
            until: 2026-11-25T02:00:00Z
            comment: kernel update
        inhibitions:
          - {when: {rule: host_silent}, mutes: {}, sameHost: true}
        """;

    [Fact]
    public void AWholePlanIsReadAsItStands()
    {
        var plan = Read(Whole);
        Assert.Equal(
            new AlertOptions { Grace = TimeSpan.FromMinutes(10), Cooldown = TimeSpan.FromHours(1), RepeatInterval = TimeSpan.FromHours(8), NotifyFrom = Level.Low, NotifyResolved = true, OldAfter = TimeSpan.FromDays(2) },
            plan.Options);
        Assert.Equal(["night-shift", "hook", "chat", "teams", "pager", "phone"], plan.Channels.Select(channel => channel.Name));
        Assert.Equal(new WebhookDefinition("hook", WebhookForm.Json, new SecretText("https://hooks.example.org/x?key=1"), new SecretText(Environment: "HOOK_SECRET")), plan.Channels[1]);
        Assert.Equal(new WebhookDefinition("chat", WebhookForm.Slack, new SecretText(File: "/etc/logmonitor/slack")), plan.Channels[2]);
        Assert.Equal(new PagerDutyDefinition("pager", new SecretText(Environment: "PAGERDUTY_KEY"), new Uri("https://events.eu.pagerduty.com")), plan.Channels[4]);
        Assert.Equal(["night@example.org", "Ops <ops@example.org>"], Assert.IsType<MailDefinition>(plan.Channels[0]).To);
        Assert.Equal(["+4930123456"], Assert.IsType<SmsDefinition>(plan.Channels[5]).To);
        Assert.Equal((null, new RateLimit(20, TimeSpan.FromHours(1))), (plan.Channels[0].Limit, plan.Channels[5].Limit));
        Assert.Equal(["levelFrom high, host web*", "rule http_404_burst, c-ip 192.0.2.0/24 or 203.0.113.7", "level low or informational"], plan.Routes.Select(route => route.Match.ToString()));
        Assert.Equal((TimeSpan.FromMinutes(15), "phone"), (plan.Routes[0].Escalation!.After, plan.Routes[0].Escalation!.Channels.Single()));
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromDays(7), TimeSpan.FromSeconds(30), TimeSpan.FromHours(1)), (plan.Routes[2].Cooldown, plan.Routes[2].RepeatInterval, plan.Routes[2].GroupWait, plan.Routes[2].GroupInterval));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 21, 0, 0, TimeSpan.Zero), Assert.Single(plan.Silences).From);
        Assert.Equal(("alerts.yml:24", "kernel update"), (plan.Silences[0].Id, plan.Silences[0].Comment));
        Assert.Equal((1, true), (plan.Inhibitions.Count, plan.Inhibitions[0].SameHost));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("routes:\nchannels: {}\n")]
    public void WhatSaysNothingIsAPlanWithoutRoutes(string yaml) => Assert.Empty(Read(yaml).Routes);

    [Theory]
    [InlineData("chanels: {}", "1:1: 'chanels' is not supported in alerts.yml; defaults, channels, routes, silences, inhibitions are")]
    [InlineData("- a", "1:1: alerts.yml is a map with defaults, channels, routes, silences, inhibitions")]
    [InlineData("routes: {}", "1:9: 'routes' must be a list")]
    [InlineData("defaults: {cooldown: soon}", "1:22: 'cooldown' must be a time of at most 30 days such as 30s, 15m, 4h or 1d, but found 'soon'")]
    [InlineData("channels: {a: {type: mail, to: a@example.org, limit: 5}}", "1:54: 'limit' must be 1 to 100 messages within at most a day, such as '20 per 1h', but found '5'")]
    [InlineData("channels: {a: {type: mail, to: a@example.org, limit: 0 per 1h}}", "1:54: 'limit' must be 1 to 100 messages within at most a day, such as '20 per 1h', but found '0 per 1h'")]
    [InlineData("channels: {a: {type: mail, to: a@example.org, limit: 9 per 2d}}", "1:54: 'limit' must be 1 to 100 messages within at most a day, such as '20 per 1h', but found '9 per 2d'")]
    [InlineData("defaults: {repeat: 31d}", "1:20: 'repeat' must be a time of at most 30 days such as 30s, 15m, 4h or 1d, but found '31d'")]
    [InlineData("defaults: {notifyFrom: bad}", "1:24: 'notifyFrom' must be informational, low, medium, high or critical, but found 'bad'")]
    [InlineData("defaults: {notifyResolved: yes}", "1:28: 'notifyResolved' is true or false, but found 'yes'")]
    [InlineData("routes:\n- channels: pager", "2:13: there is no channel 'pager'; there are mail")]
    [InlineData("routes:\n- match: {levle: high}", "2:11: 'levle' is not what an alert has; there are level, levelFrom, rule, host, and fields that rules group by, such as c-ip and user")]
    [InlineData("routes:\n- match: {level: hi}", "2:11: 'level' must be informational, low, medium, high or critical, but found 'hi'")]
    [InlineData("routes:\n- groupBy: c-ip", "2:12: 'groupBy' has rule, host and client, but found 'c-ip'")]
    [InlineData("routes:\n- escalate: {channels: mail}", "2:13: 'after' is missing: how long to wait for somebody to acknowledge, such as 15m")]
    [InlineData("routes:\n- escalate: {after: 5m}", "2:13: 'channels' is missing: who is told then")]
    [InlineData("channels: {mail: {type: mail, to: a@b}}", "1:18: 'mail' is the mail of the settings (Mail__To); name this channel otherwise")]
    [InlineData("channels: {a b: {type: mail, to: a@b}}", "1:12: a channel's name has letters, digits, '-' and '_', at most 40, but found 'a b'")]
    [InlineData("channels: {a: {type: fax}}", "1:22: 'type' must be mail, webhook, slack, teams, pagerduty or sms, but found 'fax'")]
    [InlineData("channels: {a: {type: slack, url: \"http://hooks.example.org/topsecret\"}}", "1:34: 'url' must be an https address (http only to this machine)")]
    [InlineData("channels: {a: {type: slack, url: \"https://user:topsecret@example.org/\"}}", "1:34: 'url' must be an https address (http only to this machine)")]
    [InlineData("channels: {a: {type: slack}}", "1:15: 'url' is missing: the address; as 'url', or where it is: 'urlEnvironment' names a variable, 'urlFile' a file")]
    [InlineData("channels: {a: {type: slack, urlFile: a, urlEnvironment: b}}", "1:38: 'urlEnvironment' and 'urlFile' exclude each other")]
    [InlineData("channels: {a: {type: slack, urlFile: a, secret: topsecret}}", "1:41: 'secret' is not supported in a channel of type slack; type, url, urlEnvironment, urlFile, limit are")]
    [InlineData("channels: {a: {type: mail}}", "1:15: 'to' is missing: mail addresses")]
    [InlineData("channels: {a: {type: sms, account: AC1, token: topsecret, from: \"+15\", to: 030}}", "1:76: 'to' has numbers such as +4930123456, but found '030'")]
    [InlineData("channels: {a: {type: sms, account: X, token: topsecret}}", "1:36: 'account' is the account's SID at Twilio, which begins with AC")]
    [InlineData("silences:\n- {match: {}, comment: x}", "2:3: 'until' is missing: a silence without an end is forgotten; to switch a rule off for good, override it")]
    [InlineData("silences:\n- {until: 2026-11-25T02:00:00Z, comment: x}", "2:3: 'match' is missing: which alerts; with {} it is all of them")]
    [InlineData("silences:\n- {match: {}, until: tomorrow, comment: x}", "2:22: 'until' must be a time with its zone, such as 2026-11-24T22:00:00+01:00 or 2026-11-24T21:00:00Z, but found 'tomorrow'")]
    [InlineData("silences:\n- {match: {}, until: \"2026-11-25 02:00\", comment: x}", "2:22: 'until' must be a time with its zone, such as 2026-11-24T22:00:00+01:00 or 2026-11-24T21:00:00Z, but found '2026-11-25 02:00'")]
    [InlineData("silences:\n- {match: {}, from: 2026-11-25T02:00:00Z, until: 2026-11-25T02:00:00Z, comment: x}", "2:50: 'until' must be after 'from'")]
    [InlineData("inhibitions:\n- {when: {rule: a}}", "2:3: 'mutes' is missing: the alerts that it explains")]
    [InlineData("a: b\n---\nc: d", "3:1: alerts.yml has one document")]
    public void AMistakeSaysWhereItIsAndWhatIsAllowedAndNoSecret(string yaml, string error)
    {
        var (plan, errors) = AlertPlanReader.Read("alerts.yml", yaml, new AlertOptions());
        Assert.Null(plan);
        Assert.Equal($"alerts.yml:{error}", Assert.Single(errors).ToString());
        Assert.DoesNotContain("topsecret", errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryMistakeIsSaidAtOnce()
    {
        var (plan, errors) = AlertPlanReader.Read("alerts.yml", "defaults: {grace: x}\nchannels:\n  a: {type: fax}\n  b: {type: slack}\nroutes:\n- channels: a\n- channels: c\n", new AlertOptions());
        Assert.Null(plan);
        Assert.Equal([1, 3, 4, 7], errors.Select(error => error.Line));
    }

    [Fact]
    public void ASecretIsNotShownByItsDefinition() =>
        Assert.DoesNotContain("key=1", string.Join('\n', Read(Whole).Channels), StringComparison.Ordinal);

    [Theory]
    [InlineData("level: medium", true)]
    [InlineData("level: [low, high]", false)]
    [InlineData("levelFrom: low", true)]
    [InlineData("levelFrom: high", false)]
    [InlineData("rule: burst-id", true)]
    [InlineData("rule: Burst_Name", true)]
    [InlineData("rule: \"burst of*\"", true)]
    [InlineData("rule: burst", false)]
    [InlineData("host: WEB?", true)]
    [InlineData("host: web", false)]
    [InlineData("c-ip: 192.0.2.0/24", true)]
    [InlineData("c-ip: 192.0.2.1", true)]
    [InlineData("c-ip: 192.0.3.0/24", false)]
    [InlineData("c-ip: 192.0.2.*", true)]
    [InlineData("user: root", false)]
    [InlineData("host: web1, c-ip: 192.0.2.1", true)]
    [InlineData("host: web2, c-ip: 192.0.2.1", false)]
    public void AMatcherIsAboutAllItsTerms(string match, bool matches)
    {
        var alert = Some.Alert() with { Rule = "burst-id", Name = "burst_name", Title = "Burst of 404s", Level = Level.Medium, Host = "web1", Group = [new GroupValue("c-ip", "192.0.2.1")] };
        Assert.Equal(matches, Read($"routes: [{{match: {{{match}}}}}]").Routes.Single().Match.Matches(alert));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.10")]
    [InlineData("*", "root")]
    [InlineData("roo?", "root")]
    [InlineData(@"a\x1b*", @"a\x1b[2J")]
    [InlineData(@"\*", "*")]
    [InlineData("0.0.0.0/0", "192.0.2.1")]
    [InlineData("::/0", "2001:db8::1")]
    public void AMatcherOfAnAlertIsAboutItAndNoOther(string value, string other)
    {
        var alert = Some.Alert() with { Name = "burst_name", Group = [new GroupValue("c-ip", "192.0.2.1"), new GroupValue("user", value)] };
        var match = AlertMatcher.Of(alert);
        Assert.True(match.Matches(alert));
        Assert.True(match.Matches(alert with { Id = "f-2", Level = Level.Low }));
        Assert.False(match.Matches(alert with { Group = [new GroupValue("c-ip", "192.0.2.1"), new GroupValue("user", other)] }));
        Assert.False(match.Matches(alert with { Host = "web2" }));
        Assert.False(match.Matches(alert with { Name = "another" }));
        Assert.StartsWith("rule burst_name, host web1, c-ip 192.0.2.1, user ", match.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AMatcherOfAnAlertKnowsTheNamesThatItsRuleGroupsBy()
    {
        var alert = Some.Alert() with { Group = [new GroupValue("src_ip", "192.0.2.1"), new GroupValue("channel", "chat"), new GroupValue("host", "elsewhere")] };
        Assert.Equal("rule burst, host web1, src_ip 192.0.2.1, channel chat", AlertMatcher.Of(alert).ToString());
    }

    static AlertPlan Read(string yaml)
    {
        var (plan, errors) = AlertPlanReader.Read("alerts.yml", yaml, new AlertOptions());
        Assert.Empty(errors);
        return plan!;
    }
}
