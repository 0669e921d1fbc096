using System.Globalization;
using System.Text.RegularExpressions;
using LogMonitor.Core.Detection;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Alerting.Plans;

/// <summary>Reads <c>alerts.yml</c>. A file with any mistake is not taken at all: half of the routes may be worse than those of before.</summary>
public static partial class AlertPlanReader
{
    static readonly string[] sections = ["defaults", "channels", "routes", "silences", "inhibitions"];

    /// <summary>What the file says; null, and every mistake that was found, where it has any.</summary>
    /// <param name="file">Its name, for errors.</param>
    /// <param name="yaml">Its text.</param>
    /// <param name="options">What holds where it says nothing.</param>
    public static (AlertPlan? Plan, IReadOnlyList<RuleError> Errors) Read(string file, string yaml, AlertOptions options)
    {
        var errors = new List<RuleError>();
        var documents = new RuleDocuments(errors);
        var plan = new AlertPlan { Options = options };
        List<YamlNode> roots = [.. documents.ReadRoots(file, yaml)];
        documents.Try(file, () =>
        {
            if (roots.Count == 0) return;
            if (roots.Count > 1) throw new RuleException(roots[1].Start, $"{AlertPlan.FileName} has one document");
            var map = roots[0] as YamlMappingNode ?? throw new RuleException(roots[0].Start, $"{AlertPlan.FileName} is a map with {string.Join(", ", sections)}");
            map.AllowOnly(sections, AlertPlan.FileName);
            plan = new Reading(file, documents).Read(map, plan);
        });
        return errors.Count == 0 ? (plan, errors) : (null, errors);
    }

    /// <summary>Reads <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>1d</c>, <c>1w</c>, <c>0</c>; at most 30 days.</summary>
    public static bool TryReadSpan(string text, out TimeSpan span)
    {
        var match = Span().Match(text);
        if (!match.Success && text != "0")
        {
            span = default;
            return false;
        }
        var count = match.Success ? int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        span = match.Groups[2].Value switch
        {
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            "w" => TimeSpan.FromDays(7L * count),
            _ => TimeSpan.FromDays(count),
        };
        return span <= TimeSpan.FromDays(30);
    }

    /// <summary>Reads a time as 2026-11-24T22:00:00Z, with a zone; false for others.</summary>
    public static bool TryReadTime(string text, out DateTimeOffset time)
    {
        time = default;
        return Time().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    [GeneratedRegex(@"\A([0-9]{1,6})([smhdw])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Span();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+ ?(Z|[+-][0-9]{2}:?[0-9]{2})\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Time();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    /// <summary>One reading of one file: a mistake in an entry does not hide those in others.</summary>
    sealed class Reading(string file, RuleDocuments documents)
    {
        readonly List<ChannelDefinition> channels = [];

        public AlertPlan Read(YamlMappingNode map, AlertPlan plan)
        {
            var options = plan.Options;
            if (map.TryGet("defaults", out var defaults)) documents.Try(file, () => options = ReadDefaults(AsMap(defaults, "'defaults'"), options));
            if (map.TryGet("channels", out var named))
                documents.Try(file, () =>
                {
                    foreach (var (name, definition) in AsMap(named, "'channels'").Children)
                        documents.Try(file, () => channels.Add(ReadChannel(NameOf(name), AsMap(definition, $"the channel '{name}'"))));
                });
            // What names a channel that has a mistake is not another mistake.
            var known = map.TryGet("channels", out var all) && all is YamlMappingNode names ? names.Children.Keys.Select(key => key.ToString()).Append(Route.Mail).ToHashSet() : [Route.Mail];
            var routes = Entries(map, "routes", route => ReadRoute(route, known));
            return plan with
            {
                Options = options,
                Channels = channels,
                Routes = routes,
                Silences = Entries(map, "silences", ReadSilence),
                Inhibitions = Entries(map, "inhibitions", ReadInhibition),
            };
        }

        List<T> Entries<T>(YamlMappingNode map, string key, Func<YamlMappingNode, T> read)
        {
            var found = new List<T>();
            if (!map.TryGet(key, out var node) || node.IsNull()) return found;
            documents.Try(file, () =>
            {
                var list = node as YamlSequenceNode ?? throw new RuleException(node.Start, $"'{key}' must be a list");
                foreach (var item in list.Children) documents.Try(file, () => found.Add(read(AsMap(item, $"an entry of '{key}'"))));
            });
            return found;
        }

        static AlertOptions ReadDefaults(YamlMappingNode map, AlertOptions options)
        {
            map.AllowOnly(["grace", "cooldown", "repeat", "notifyFrom", "notifyResolved", "oldAfter"], "'defaults'");
            return options with
            {
                Grace = ReadSpan(map, "grace", options.Grace),
                Cooldown = ReadSpan(map, "cooldown", options.Cooldown),
                RepeatInterval = ReadSpan(map, "repeat", options.RepeatInterval),
                OldAfter = ReadSpan(map, "oldAfter", options.OldAfter),
                NotifyFrom = ReadLevel(map, "notifyFrom") ?? options.NotifyFrom,
                NotifyResolved = ReadFlag(map, "notifyResolved", options.NotifyResolved),
            };
        }

        static Route ReadRoute(YamlMappingNode map, HashSet<string> known)
        {
            map.AllowOnly(["match", "channels", "notifyFrom", "cooldown", "repeat", "escalate", "groupBy", "groupWait", "groupInterval"], "a route");
            var route = Route.Default;
            return route with
            {
                Match = ReadMatch(map, "match"),
                Channels = map.TryGet("channels", out var names) ? ReadChannels(names, known) : null,
                NotifyFrom = ReadLevel(map, "notifyFrom"),
                Cooldown = map.TryGet("cooldown", out _) ? ReadSpan(map, "cooldown", default) : null,
                RepeatInterval = map.TryGet("repeat", out _) ? ReadSpan(map, "repeat", default) : null,
                Escalation = map.TryGet("escalate", out var escalate) ? ReadEscalation(AsMap(escalate, "'escalate'"), known) : null,
                GroupBy = map.TryGet("groupBy", out var by) ? ReadGroupBy(by) : route.GroupBy,
                GroupWait = ReadSpan(map, "groupWait", route.GroupWait),
                GroupInterval = ReadSpan(map, "groupInterval", route.GroupInterval),
            };
        }

        static List<string> ReadChannels(YamlNode node, HashSet<string> known)
        {
            if (node is YamlSequenceNode { Children.Count: 0 }) return [];
            List<string> names = [];
            foreach (var (name, at) in node.Texts("'channels'"))
                if (known.Contains(name)) names.Add(name);
                else throw new RuleException(at, $"there is no channel '{name}'; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
            return names;
        }

        static Escalation ReadEscalation(YamlMappingNode map, HashSet<string> known)
        {
            map.AllowOnly(["after", "channels"], "'escalate'");
            if (!map.TryGet("after", out _)) throw new RuleException(map.Start, "'after' is missing: how long to wait for somebody to acknowledge, such as 15m");
            var names = map.TryGet("channels", out var node) ? ReadChannels(node, known) : [];
            return names.Count > 0 ? new Escalation(ReadSpan(map, "after", default), names) : throw new RuleException(map.Start, "'channels' is missing: who is told then");
        }

        static List<GroupBy> ReadGroupBy(YamlNode node)
        {
            if (node is YamlSequenceNode { Children.Count: 0 }) return [];
            List<GroupBy> by = [];
            foreach (var (name, at) in node.Texts("'groupBy'"))
                by.Add(name switch
                {
                    "rule" => GroupBy.Rule,
                    "host" => GroupBy.Host,
                    "client" => GroupBy.Client,
                    _ => throw new RuleException(at, $"'groupBy' has rule, host and client, but found '{name}'"),
                });
            return by;
        }

        Silence ReadSilence(YamlMappingNode map)
        {
            map.AllowOnly(["match", "from", "until", "comment"], "a silence");
            if (!map.TryGet("match", out _)) throw new RuleException(map.Start, "'match' is missing: which alerts; with {} it is all of them");
            var until = ReadTime(map, "until") ?? throw new RuleException(map.Start, "'until' is missing: a silence without an end is forgotten; to switch a rule off for good, override it");
            var from = ReadTime(map, "from") ?? DateTimeOffset.MinValue;
            if (from >= until) throw new RuleException(map.Child("until").Start, "'until' must be after 'from'");
            return new Silence(string.Create(CultureInfo.InvariantCulture, $"{file}:{map.Start.Line}"), ReadMatch(map, "match"), from, until, map.Text("comment"));
        }

        static Inhibition ReadInhibition(YamlMappingNode map)
        {
            map.AllowOnly(["when", "mutes", "sameHost"], "an inhibition");
            foreach (var key in (string[])["when", "mutes"])
                if (!map.TryGet(key, out _)) throw new RuleException(map.Start, $"'{key}' is missing: {(key == "when" ? "the alert that explains others" : "the alerts that it explains")}");
            return new Inhibition(ReadMatch(map, "when"), ReadMatch(map, "mutes"), ReadFlag(map, "sameHost", true));
        }

        static ChannelDefinition ReadChannel(string name, YamlMappingNode map)
        {
            var channel = ReadKind(name, map);
            return channel with { Limit = ReadLimit(map) ?? (channel is SmsDefinition ? SmsDefinition.DefaultLimit : null) };
        }

        static RateLimit? ReadLimit(YamlMappingNode map)
        {
            if (map.OptionalText("limit") is not { } text) return null;
            return text.Split(" per ") is [var number, var span] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var messages) && messages is > 0 and <= RateLimit.MaxMessages
                && TryReadSpan(span, out var per) && per >= TimeSpan.FromSeconds(1) && per <= TimeSpan.FromDays(1)
                ? new RateLimit(messages, per)
                : throw new RuleException(map.Child("limit").Start, $"'limit' must be 1 to {RateLimit.MaxMessages} messages within at most a day, such as '20 per 1h', but found '{text}'");
        }

        static ChannelDefinition ReadKind(string name, YamlMappingNode map)
        {
            if (name == Route.Mail) throw new RuleException(map.Start, $"'{Route.Mail}' is the mail of the settings (Mail__To); name this channel otherwise");
            var type = map.Text("type");
            switch (type)
            {
                case "mail":
                    map.AllowOnly(["type", "to", "limit"], "a channel of type mail");
                    return new MailDefinition(name, ReadTexts(map, "to", "mail addresses", value => value.Contains('@', StringComparison.Ordinal)));
                case "webhook" or "slack" or "teams":
                    var form = Enum.Parse<WebhookForm>(type == "webhook" ? nameof(WebhookForm.Json) : type, ignoreCase: true);
                    map.AllowOnly(["type", "url", "urlEnvironment", "urlFile", "limit", .. form == WebhookForm.Json ? (string[])["secret", "secretEnvironment", "secretFile"] : []], $"a channel of type {type}");
                    return new WebhookDefinition(name, form, ReadUrl(map), form == WebhookForm.Json ? ReadSecret(map, "secret") : null);
                case "pagerduty":
                    map.AllowOnly(["type", "key", "keyEnvironment", "keyFile", "host", "limit"], "a channel of type pagerduty");
                    return new PagerDutyDefinition(name, Required(map, "key", "the integration's key"), ReadHost(map) ?? PagerDutyDefinition.DefaultHost);
                case "sms":
                    map.AllowOnly(["type", "account", "token", "tokenEnvironment", "tokenFile", "from", "to", "host", "limit"], "a channel of type sms");
                    if (!map.Text("account").StartsWith("AC", StringComparison.Ordinal)) throw new RuleException(map.Child("account").Start, "'account' is the account's SID at Twilio, which begins with AC");
                    return new SmsDefinition(
                        name, map.Text("account"), Required(map, "token", "the account's auth token"), map.Text("from"),
                        ReadTexts(map, "to", "numbers such as +4930123456", value => value.Length is > 6 and < 17 && value[0] == '+' && value.AsSpan(1).ContainsAnyExceptInRange('0', '9') is false), ReadHost(map) ?? SmsDefinition.DefaultHost);
                default:
                    throw new RuleException(map.Child("type").Start, $"'type' must be mail, webhook, slack, teams, pagerduty or sms, but found '{type}'");
            }
        }

        static SecretText ReadUrl(YamlMappingNode map)
        {
            var url = Required(map, "url", "the address");
            // Not quoted: Slack's and Teams' addresses are keys.
            if (url.Value is { } text && !IsAddress(text)) throw new RuleException(map.Child("url").Start, "'url' must be an https address (http only to this machine)");
            return url;
        }

        static Uri? ReadHost(YamlMappingNode map)
        {
            if (map.OptionalText("host") is not { } text) return null;
            return IsAddress(text) && new Uri(text) is { PathAndQuery: "/" } host ? host : throw new RuleException(map.Child("host").Start, "'host' must be an https address without a path (http only to this machine)");
        }

        static bool IsAddress(string text) =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0 && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));

        static SecretText Required(YamlMappingNode map, string key, string what) =>
            ReadSecret(map, key) ?? throw new RuleException(map.Start, $"'{key}' is missing: {what}; as '{key}', or where it is: '{key}Environment' names a variable, '{key}File' a file");

        static SecretText? ReadSecret(YamlMappingNode map, string key)
        {
            string[] given = [.. ((string[])[key, $"{key}Environment", $"{key}File"]).Where(name => map.TryGet(name, out _))];
            return given switch
            {
                [] => null,
                [var one] when one == key => new SecretText(Value: map.Text(key)),
                [var one] when one.EndsWith("Environment", StringComparison.Ordinal) => new SecretText(Environment: map.Text(one)),
                [var one] => new SecretText(File: map.Text(one)),
                _ => throw new RuleException(map.Child(given[1]).Start, $"'{given[0]}' and '{given[1]}' exclude each other"),
            };
        }

        static List<string> ReadTexts(YamlMappingNode map, string key, string what, Func<string, bool> isRight)
        {
            if (!map.TryGet(key, out var node)) throw new RuleException(map.Start, $"'{key}' is missing: {what}");
            List<string> texts = [];
            foreach (var (text, at) in node.Texts($"'{key}'")) texts.Add(isRight(text) ? text : throw new RuleException(at, $"'{key}' has {what}, but found '{text}'"));
            return texts.Count > 0 ? texts : throw new RuleException(node.Start, $"'{key}' is empty: {what}");
        }

        static AlertMatcher ReadMatch(YamlMappingNode parent, string key)
        {
            if (!parent.TryGet(key, out var node) || node.IsNull()) return AlertMatcher.Everything;
            List<MatchTerm> terms = [];
            foreach (var (name, value) in AsMap(node, $"'{key}'").Children)
            {
                var term = new MatchTerm(name.Scalar("what is compared"), [.. value.Texts($"'{name}'").Select(text => text.Value)]);
                if (term.Problem is { } problem) throw new RuleException(name.Start, problem);
                terms.Add(term);
            }
            return new AlertMatcher(terms);
        }

        static TimeSpan ReadSpan(YamlMappingNode map, string key, TimeSpan fallback)
        {
            if (map.OptionalText(key) is not { } text) return fallback;
            return TryReadSpan(text, out var span) ? span : throw new RuleException(map.Child(key).Start, $"'{key}' must be a time of at most 30 days such as 30s, 15m, 4h or 1d, but found '{text}'");
        }

        static DateTimeOffset? ReadTime(YamlMappingNode map, string key)
        {
            if (map.OptionalText(key) is not { } text) return null;
            return TryReadTime(text, out var time) ? time : throw new RuleException(map.Child(key).Start, $"'{key}' must be a time with its zone, such as 2026-11-24T22:00:00+01:00 or 2026-11-24T21:00:00Z, but found '{text}'");
        }

        static Level? ReadLevel(YamlMappingNode map, string key)
        {
            if (map.OptionalText(key) is not { } text) return null;
            return Enum.GetNames<Level>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known
                ? Enum.Parse<Level>(known)
                : throw new RuleException(map.Child(key).Start, $"'{key}' must be informational, low, medium, high or critical, but found '{text}'");
        }

        static bool ReadFlag(YamlMappingNode map, string key, bool fallback) => map.OptionalText(key) switch
        {
            null => fallback,
            "true" => true,
            "false" => false,
            var text => throw new RuleException(map.Child(key).Start, $"'{key}' is true or false, but found '{text}'"),
        };

        static string NameOf(YamlNode name) => Name().IsMatch(name.Scalar("a channel's name"))
            ? name.ToString()
            : throw new RuleException(name.Start, $"a channel's name has letters, digits, '-' and '_', at most 40, but found '{name}'");

        static YamlMappingNode AsMap(YamlNode node, string what) => node as YamlMappingNode ?? throw new RuleException(node.Start, $"{what} must be a map");
    }
}
