using System.Text;
using LogMonitor.Core.Detection;
using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Tests.Detection;

/// <summary>What each kind of value and each modifier of Sigma means on a line.</summary>
public sealed class SearchTests
{
    static string Access(string target, string status = "200", string agent = "curl/8.5.0", string client = "192.0.2.7", string referer = "-", string user = "-", string bytes = "120") =>
        $"{client} - {user} [01/Nov/2026:09:00:00 +0000] \"GET {target} HTTP/1.1\" {status} {bytes} \"{referer}\" \"{agent}\"";

    const string Sudo = "Nov  1 09:00:00 web1 sudo[7]:      ann : 1 incorrect password attempt ; TTY=pts/0 ; PWD=/home/ann ; USER=root ; COMMAND=/usr/bin/id ; USER=eve";

    public static TheoryData<string, string, bool> Cases => new()
    {
        // Plain values: the whole text, without regard to case
        { "{cs-uri-stem: /Login}", Access("/login"), true },
        { "{cs-uri-stem: /log}", Access("/login"), false },
        { "{cs-method: get, sc-status: 404}", Access("/", "404"), true },
        { "{cs-method: get, sc-status: 404}", Access("/", "403"), false },
        { "{sc-status: [403, 404]}", Access("/", "404"), true },
        { "[{sc-status: 403}, {cs-uri-stem: /x}]", Access("/x"), true },
        // Wildcards and escapes
        { "{cs-uri-stem: '/a*z'}", Access("/abcz"), true },
        { "{cs-uri-stem: '/a*z'}", Access("/az"), true },
        { "{cs-uri-stem: '/a*z'}", Access("/azy"), false },
        { "{cs-uri-stem: '*/x/*/z*'}", Access("/w/x/y/z/end"), true },
        { "{cs-uri-stem: '*/x/*/z*'}", Access("/w/x/z"), false },
        { "{cs-uri-stem: '/a?c'}", Access("/abc"), true },
        { "{cs-uri-stem: '/a?c'}", Access("/ac"), false },
        { @"{cs-uri|contains: 'a\?b'}", Access("/a?b"), true },
        { @"{cs-uri|contains: 'a\?b'}", Access("/a-b"), false },
        { @"{cs-uri|contains: 'a\*b'}", Access("/a*b"), true },
        { @"{cs-uri|contains: 'a\*b'}", Access("/axb"), false },
        { @"{cs-uri|contains: 'c:\win'}", Access(@"/c:\win"), true },
        { @"{cs-uri|contains: 'c:\\win'}", Access(@"/c:\win"), true },
        { @"{cs-uri|contains: 'c:\\\\win'}", Access(@"/c:\\win"), true },
        { "{cs-user-agent: '*'}", Access("/"), true },
        { "{cs-user-agent: '*'}", Access("/", agent: "-"), false },
        // Places
        { "{cs-uri-stem|startswith: /Admin}", Access("/admin/x"), true },
        { "{cs-uri-stem|startswith: /admin}", Access("/x/admin"), false },
        { "{cs-uri-stem|endswith: '.PHP'}", Access("/x.php"), true },
        { "{cs-uri-stem|endswith: '.php'}", Access("/x.php5"), false },
        { "{cs-uri|contains|all: [union, select]}", Access("/?q=union-select"), true },
        { "{cs-uri|contains|all: [union, select]}", Access("/?q=union"), false },
        { "{cs-uri|contains: ['/a*z']}", Access("/x/abz/y"), true },
        { "{cs-user-agent|contains|cased: Curl}", Access("/"), false },
        { "{cs-user-agent|contains|cased: curl}", Access("/"), true },
        { "{cs-method|neq: GET}", Access("/"), false },
        { "{cs-method|neq: [POST, PUT]}", Access("/"), true },
        // A question mark is a character, whatever its bytes
        { "{cs-uri-stem: '/a?c'}", Access("/a€c"), true },
        { "{cs-uri-stem: '/a??c'}", Access("/aéc"), false },
        { "{cs-uri-stem: '/a?'}", Access("/a😀"), true },
        { "{cs-uri-stem|contains: '??x'}", Access("😀x"), false },
        { "{cs-uri-stem|endswith: '/?x'}", Access("/a/€x"), true },
        { "{cs-uri-stem|startswith: '/?€?'}", Access("/é€é"), true },
        // The URI fields, and their decoded copies
        { "{cs-uri-query|contains: /etc/passwd}", Access("/etc/passwd"), true },     // the whole target
        { "{cs-uri-query: a=b}", Access("/x?a=b"), true },                            // the strict query
        { "{cs-uri-stem|endswith: '?a=b'}", Access("/x?a=b"), true },
        { "{cs-uri-query: null}", Access("/x"), true },
        { "{cs-uri-query: null}", Access("/x?a"), false },
        { "{cs-uri-query|contains: '../'}", Access("/?f=%2e%2e%2F"), true },
        { "{cs-uri-query|contains: '../'}", Access("/?f=%252e%252e%252F"), true },
        { "{cs-uri-query|contains: '../'}", Access("/?f=%25252e%25252e%25252F"), false },
        { "{cs-uri-query|contains: 'union select'}", Access("/?q=1+UNION+SELECT+2"), true },
        { "{cs-uri-query|contains: '%2e'}", Access("/?f=%2e"), true },                // as it was sent, too
        { "{cs-uri-query|contains: '100% '}", Access("/?q=100%+of+%zz"), true },      // what is no escape stays
        { "{cs-referer|contains: '${jndi:'}", Access("/", referer: "%24%7bjndi:ldap"), true },
        { "{cs-user-agent|contains: '${jndi:'}", Access("/", agent: "%24%7bjndi:ldap"), false },
        // Absent
        { "{cs-username: null}", Access("/"), true },
        { "{cs-username: null}", Access("/", user: "ann"), false },
        { "{cs-username: ''}", Access("/"), true },
        { "{cs-username: '-'}", Access("/"), true },
        { "{cs-username: '-'}", Access("/", user: "ann"), false },
        { "{cs-username|neq: '-'}", Access("/", user: "ann"), true },
        { "{cs-uri-query: '-'}", Access("/?%2D"), true },
        { "{cs-username|contains: '-'}", Access("/"), false },
        { "{sc-bytes: '-'}", Access("/", bytes: "-"), true },
        { "{cs-username|exists: true}", Access("/", user: "ann"), true },
        { "{cs-username|exists: false}", Access("/", user: "ann"), false },
        { "{sc-bytes|exists: false}", Access("/", bytes: "-"), true },
        { "{cs-cookie: null}", Access("/"), true },
        { "{cs-cookie|contains: x}", Access("/x"), false },
        // Numbers
        { "{sc-status|gte: 500}", Access("/", "500"), true },
        { "{sc-status|gt: 500}", Access("/", "500"), false },
        { "{sc-bytes|lt: 121}", Access("/"), true },
        { "{sc-bytes|lte: 119}", Access("/"), false },
        { "{sc-bytes|gt: 0}", Access("/", bytes: "-"), false },
        { "{sc-bytes|gt: 119.5}", Access("/"), true },
        { "{sc-bytes|gt: 120.5}", Access("/"), false },
        { "{sc-bytes|gte: 119.5}", Access("/"), true },
        { "{sc-bytes|gte: 120.5}", Access("/"), false },
        { "{sc-bytes|lt: 120.5}", Access("/"), true },
        { "{sc-bytes|lt: 119.5}", Access("/"), false },
        { "{sc-bytes|lte: 120.5}", Access("/"), true },
        { "{sc-bytes|lte: 119.5}", Access("/"), false },
        { "{sc-bytes|gt: 120.0}", Access("/"), false },
        { "{sc-bytes|gt: -1}", Access("/", bytes: "0"), true },
        { "{sc-bytes|lt: -0.5}", Access("/", bytes: "0"), false },
        { "{sc-bytes|lt: 99999999999999999999}", Access("/"), true },
        { "{sc-status: '5*'}", Access("/", "503"), true },
        { "{sc-status|startswith: '5'}", Access("/", "404"), false },
        // Regular expressions
        { "{cs-uri|re: '^/[0-9]+$'}", Access("/2026"), true },
        { "{cs-uri|re: 'ADMIN'}", Access("/admin"), false },
        { "{cs-uri|re|i: 'ADMIN'}", Access("/admin"), true },
        { "{cs-uri|re: '<script'}", Access("/?x=%3Cscript%3E"), true },
        { "{cs-uri|re: 'etc/passwd'}", Access("/?" + new string('a', 30_000) + "/etc/passwd"), true },
        { "{cs-uri|re: 'etc/passwd'}", Access("/?" + new string('a', 9_000) + "%2fetc%2fpasswd" + new string('a', 9_000)), true },
        { "{cs-uri|re: 'etc/passwd$'}", Access("/?" + new string('é', 15_000) + "/etc/passwd"), true },
        // Networks
        { "{c-ip|cidr: 192.0.2.0/24}", Access("/"), true },
        { "{c-ip|cidr: [10.0.0.0/8, '2001:db8::/32']}", Access("/", client: "2001:db8::1"), true },
        { "{c-ip|cidr: 192.0.2.0/24}", Access("/", client: "192.0.3.1"), false },
        { "{c-ip|cidr: '::ffff:192.0.2.0/120'}", Access("/"), true },
        { "{c-ip|cidr: '::ffff:192.0.2.0/120'}", Access("/", client: "::ffff:192.0.2.9"), true },
        { "{c-ip|cidr: '::ffff:192.0.2.0/120'}", Access("/", client: "192.0.3.1"), false },
        { "{c-ip|cidr: 192.0.2.0/24}", Access("/", client: "::ffff:192.0.2.9"), true },
        { "{c-ip|cidr: 192.0.2.7}", Access("/"), true },
        { "{c-ip|cidr: 192.0.2.8}", Access("/"), false },
        { "{c-ip|cidr: '2001:db8::1'}", Access("/", client: "2001:db8::1"), true },
        { "{clientip: 192.0.2.7, 'cs(User-Agent)|contains': curl}", Access("/"), true },
        { "{c-ip|cidr: 0.0.0.0/0}", Access("/", client: "host.example.org"), false },
        // Other fields
        { "{cs-uri-stem|fieldref: cs-referer}", Access("/x", referer: "/X"), true },
        { "{cs-uri-stem|fieldref|endswith: cs-username}", Access("/home/ann", user: "ann"), true },
        { "{cs-uri-stem|fieldref|contains: sc-status}", Access("/errors/404.html", "404"), true },
        { "{cs-uri-stem|fieldref: cs-username}", Access("/x"), false },
        // Encodings
        { "{cs-uri|base64|contains: 'foobar'}", Access("/?c=Zm9vYmFy"), true },
        { "{cs-uri|base64|contains: 'foobar'}", Access("/?c=zm9vymfy"), false },
        { "{cs-uri|base64offset|contains: '/etc/passwd'}", Access("/?c=" + Convert.ToBase64String("cat /etc/passwd;"u8)), true },
        { "{cs-uri|base64offset|contains: '/etc/passwd'}", Access("/?c=" + Convert.ToBase64String("cat  /etc/passwd"u8)), true },
        { "{cs-uri|base64offset|contains: '/etc/passwd'}", Access("/?c=" + Convert.ToBase64String("cat   /etc/passwd"u8)), true },
        { "{cs-uri|wide|base64offset|contains: 'iex'}", Access("/?c=" + Convert.ToBase64String(Encoding.Unicode.GetBytes("a iex b"))), true },
        { @"{cs-uri|base64|contains: 'a\\b\*'}", Access("/?c=" + Convert.ToBase64String(@"a\b*"u8)), true },
        { @"{cs-uri|utf16le|base64offset|contains: 'c:\\x'}", Access("/?c=" + Convert.ToBase64String(Encoding.Unicode.GetBytes(@"c:\x"))), true },
        { "{cs-uri|windash|contains: ' -c '}", Access("/?x=sh+/c+id"), true },
        { "{cs-uri|windash|contains: ' -c '}", Access("/?x=sh+%E2%80%93c+id"), true },
        { "{cs-uri|windash|contains: ' -c '}", Access("/?x=sh+c+id"), false },
        // Keywords: anywhere in the raw line
        { "[sqlmap, nikto]", Access("/", agent: "SQLMap/1.8"), true },
        { "['sql*/1.8']", Access("/", agent: "sqlmap/1.8"), true },
        { "{'|all': [GET, curl]}", Access("/"), true },
        { "{'|all': [GET, wget]}", Access("/"), false },
        { "[404]", Access("/", "404"), true },
        { "['../']", Access("/%2e%2e%2f"), false },
        // Fields by other names, and those of syslog
        { "{c-uri|contains: admin, src_ip: 192.0.2.7}", Access("/admin"), true },
        { "{process: SSHD, user: root, src_ip: 203.0.113.9, message|contains: 'Failed password'}", "<38>Nov  1 09:00:00 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4022 ssh2", true },
        { "{src_port: 4022}", "<38>Nov  1 09:00:00 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4022 ssh2", true },
        { "{src_port: null}", Access("/"), true },
        { "{cs-bytes: null}", Access("/"), true },
        { "{bytes: 120}", Access("/"), true },
        { "{USER: root, COMMAND: '/usr/bin/id *', TTY: pts/0, PWD: /home/ann}", Sudo, true },
        { "{USER: ann}", Sudo, false },
        { "{COMMAND|endswith: 'USER=eve'}", Sudo, true },
        { "{USER: root}", "<38>Nov  1 09:00:00 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4022 ssh2", true },
        { "{TTY: null, COMMAND: null}", "Nov  1 09:00:00 web1 su[42]: ann : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh", true },
        { "{severity|lte: 3}", "[Sun Nov 01 09:00:00 2026] [core:error] [pid 7] x", true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ASearchMeansWhatSigmaSays(string search, string text, bool expected)
    {
        var rules = SigmaLoader.Load([("r.yml", $"title: T\nid: t\nlogsource: {{product: linux}}\ndetection:\n  s: {search}\n  condition: s")]);
        Assert.Empty(rules.Errors);
        new LineParser(new ParserOptions { ReferenceTime = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero) }).Parse(Encoding.UTF8.GetBytes(text), out var line);
        Assert.NotEqual(LineClass.Unknown, line.Class);

        // The condition by itself, and behind the filter that chooses which rules are looked at.
        Assert.Equal(expected, rules.Events[0].IsMatch(line, new LineTexts()));
        var sink = new Sink();
        new LineMatcher(rules).Match(line, sink);
        Assert.Equal(expected ? 1 : 0, sink.Events);
    }

    [Fact]
    public void APlaceholderStandsForItsValues()
    {
        const string Placeholders = "placeholders:\n  admins: [ann, bob]\n";
        var rules = SigmaLoader.Load([("p.yml", Placeholders), ("r.yml", "title: T\nid: t\nlogsource: {category: webserver}\ndetection: {s: {cs-uri|expand|contains: '/~%admins%/'}, condition: s}")]);
        Assert.Empty(rules.Errors);
        Assert.Equal([true, true, false], new[] { "ann", "bob", "eve" }.Select(user => Matches(rules, Access($"/~{user}/"))));
    }

    [Theory]
    [InlineData("{cs-uri|re|expand: '^/%p%$'}", "/a.b", true)]
    [InlineData("{cs-uri|re|expand: '^/%p%$'}", "/a-b", false)]
    [InlineData("{c-ip|cidr|expand: '%net%'}", "/", true)]
    [InlineData("{sc-status|gte|expand: '%status%'}", "/", true)]
    [InlineData("{sc-status|expand: '%status%'}", "/", true)]
    [InlineData("{cs-uri|base64|contains|expand: '%p%'}", "/?c=YS5i", true)]
    [InlineData("{'|expand': '%p%'}", "/a.b", true)]
    [InlineData("{cs-uri|contains|expand: '%p%/%q%'}", "/a.b/y", true)]
    [InlineData("{cs-uri|contains|expand: '%p%/%q%'}", "/y/a.b", false)]
    [InlineData("{cs-uri|contains|expand: '100%'}", "/100%", true)]
    public void APlaceholderStandsForItsValuesInAnyKindOfValue(string search, string target, bool expected)
    {
        var rules = SigmaLoader.Load([
            ("p.yml", "placeholders: {p: [a.b], q: [x, y], net: [10.0.0.0/8, 192.0.2.0/24], status: [200]}"),
            ("r.yml", $"title: T\nid: t\nlogsource: {{category: webserver}}\ndetection: {{s: {search}, condition: s}}")]);
        Assert.Empty(rules.Errors);
        Assert.Equal(expected, Matches(rules, Access(target)));
    }

    [Theory]
    [InlineData("any")]
    [InlineData("[t]")]
    [InlineData("[named]")]
    public void AFilterTakesLinesOutOfTheRulesItNames(string named)
    {
        var rules = SigmaLoader.Load([
            ("a-filter.yml", $"title: Own scanner\nlogsource: {{category: webserver}}\nfilter: {{rules: {named}, own: {{c-ip|cidr: 192.0.2.0/24}}, condition: not own}}"),
            ("r.yml", "title: T\nid: t\nname: named\nlogsource: {category: webserver}\ndetection: {s: {cs-uri|contains: admin}, condition: s}")]);
        Assert.Empty(rules.Errors);
        Assert.False(Matches(rules, Access("/admin")));
        Assert.True(Matches(rules, Access("/admin", client: "198.51.100.1")));
    }

    [Fact]
    public void AFilterOfAnotherSourceChangesNothing()
    {
        var rules = SigmaLoader.Load([
            ("f.yml", "title: F\nlogsource: {product: linux, service: sshd}\nfilter: {rules: any, own: {c-ip|cidr: 192.0.2.0/24}, condition: not own}"),
            ("r.yml", "title: T\nid: t\nlogsource: {category: webserver}\ndetection: {s: {cs-uri|contains: admin}, condition: s}")]);
        Assert.True(Matches(rules, Access("/admin")));
    }

    [Theory]
    [InlineData("{cs-uri-query|contains: 'union select'}")]
    [InlineData("{cs-uri-query: 'q=1+union+select'}")]
    [InlineData("{cs-uri|contains: 'union select'}")]
    [InlineData(@"{cs-uri: '/x\?q=1+union+select'}")]
    [InlineData(@"{cs-uri-stem|contains: 'x\?q=1 un'}")]
    [InlineData("{cs-uri|re: 'x[?]q=. union'}")]
    [InlineData("{cs-uri|fieldref|contains: cs-uri-query}")]
    [InlineData("{cs-uri-stem|endswith: /x}")]
    public void AQueryThatIsLoggedApartIsLookedAtToo(string search)
    {
        var rules = SigmaLoader.Load([("r.yml", $"title: T\nid: t\nlogsource: {{category: webserver}}\ndetection:\n  s: {search}\n  condition: s")]);
        Assert.Empty(rules.Errors);
        var matcher = new LineMatcher(rules);
        Assert.Equal([false, true, false], Hits("#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status",
            "2026-11-01 09:00:00 192.0.2.7 GET /x q=1+union+select 200",
            "2026-11-01 09:00:00 192.0.2.7 GET /y - 200"));
        Assert.Equal([true], Hits("""{"time":"2026-11-01T09:00:00Z","remote_addr":"192.0.2.7","request_method":"GET","uri":"/x","args":"q=1+union+select","status":200}"""));

        IEnumerable<bool> Hits(params string[] lines)
        {
            var parser = new LineParser(new ParserOptions { ReferenceTime = DateTimeOffset.UnixEpoch });
            foreach (var text in lines)
            {
                parser.Parse(Encoding.UTF8.GetBytes(text), out var line);
                var sink = new Sink();
                matcher.Match(line, sink);
                yield return sink.Events > 0;
            }
        }
    }

    [Fact]
    public void WhatARuleSaysAboutItselfIsKept()
    {
        var about = Assert.Single(SigmaLoader.Load([("r.yml", """
            title: T
            id: t
            status: test
            description: Why
            author: us
            references: [https://example.org/]
            tags: [attack.t1190]
            falsepositives: [Our own scanner]
            logsource: {category: webserver}
            detection: {s: {sc-status: 404}, condition: s}
            level: high
            """)]).Windows).About;
        Assert.Equal(("T", "test", "Why", "us", Level.High), (about.Title, about.Status, about.Description, about.Author, about.Level));
        Assert.Equal(["https://example.org/", "attack.t1190", "Our own scanner"], [.. about.References, .. about.Tags, .. about.FalsePositives]);
    }

    [Fact]
    public void ABaseRuleAlertsByItselfTooWhereItsCorrelationSaysSo()
    {
        const string Base = "title: A\nid: a\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 404}, condition: s}\n---\n";
        const string Correlation = "title: B\nid: b\ncorrelation: {type: event_count, rules: [a], generate: GENERATE, timespan: 1w, condition: {gte: 5}}";
        Assert.Equal(["b"], Windows("false"));
        Assert.Equal(["b", "a"], Windows("true"));

        static IEnumerable<string> Windows(string generate) =>
            SigmaLoader.Load([("r.yml", Base + Correlation.Replace("GENERATE", generate, StringComparison.Ordinal))]).Windows.Select(window => window.Id.Value);
    }

    static bool Matches(RuleSet rules, string text)
    {
        new LineParser(new ParserOptions { ReferenceTime = DateTimeOffset.UnixEpoch }).Parse(Encoding.UTF8.GetBytes(text), out var line);
        var sink = new Sink();
        new LineMatcher(rules).Match(line, sink);
        return sink.Events > 0;
    }

    sealed class Sink : IMatchSink
    {
        public int Events { get; private set; }
        public void OnEvent(int rule) => Events++;
        public void OnMatch(int window, int rule, in LogLine line) { }
    }
}
