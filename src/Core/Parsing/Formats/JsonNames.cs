using System.Text;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats;

/// <summary>A member of a JSON line that is one of ours.</summary>
/// <param name="Field">What it says.</param>
/// <param name="Rank">Where several members say the same, the one of the lowest rank counts.</param>
readonly record struct JsonName(LineField Field, byte Rank);

/// <summary>Which members of a JSON line are which fields. Names of inner members are joined by dots: <c>request.headers.User-Agent</c>.</summary>
sealed class JsonNames
{
    const int Buckets = 256;

    readonly (byte[] Path, JsonName Name)[][] buckets = new (byte[], JsonName)[Buckets][];

    /// <summary>The longest name, in bytes; a longer one in a line is none of ours.</summary>
    public const int MaxLength = 256;

    /// <summary>What nginx's and Caddy's users, Traefik and the Elastic Common Schema call them.</summary>
    /// <remarks>
    /// Sources: nginx's variables, https://caddyserver.com/docs/caddyfile/directives/log, https://doc.traefik.io/traefik/observability/access-logs/,
    /// https://www.elastic.co/docs/reference/ecs. The first of a row counts most.
    /// </remarks>
    static readonly (LineField Field, string Names)[] Defaults =
    [
        (LineField.Time, "ts time timestamp @timestamp time_iso8601 time_local msec datetime StartUTC date"),
        (LineField.Client, "request.client_ip request.remote_ip request.remote_addr remote_addr remote_ip client_ip clientip client ClientHost source.ip client.ip client.address ip http_x_forwarded_for"),
        (LineField.ClientPort, "request.remote_port remote_port ClientPort source.port client.port"),
        (LineField.User, "user_id remote_user user username ClientUsername user.name"),
        (LineField.Request, "request request_line"),
        (LineField.Method, "request.method request_method method RequestMethod http.request.method verb"),
        (LineField.Target, "request.uri request_uri uri RequestPath url.original url path url.path"),
        (LineField.Query, "args query_string query url.query"),
        (LineField.Protocol, "request.proto server_protocol protocol proto RequestProtocol"),
        (LineField.VirtualHost, "request.host http_host host server_name vhost RequestHost url.domain"),
        (LineField.Status, "status status_code DownstreamStatus http.response.status_code response_status response"),
        (LineField.Bytes, "size body_bytes_sent bytes_sent bytes DownstreamContentSize http.response.body.bytes response_size bytes_out"),
        (LineField.Referer, "request.headers.Referer http_referer http_referrer referer referrer request_Referer http.request.referrer"),
        (LineField.UserAgent, "request.headers.User-Agent http_user_agent user_agent userAgent useragent agent request_User-Agent user_agent.original"),
        (LineField.Seconds, "duration request_time"),
        (LineField.Nanoseconds, "Duration"),
        (LineField.Milliseconds, "duration_ms latency_ms"),
        (LineField.Severity, "level severity log.level lvl"),
        (LineField.Process, "logger process app service"),
        (LineField.ProcessId, "pid"),
        (LineField.Message, "msg message"),
    ];

    /// <summary>The names by which users configure a field, and those of <c>scan --output ndjson</c>.</summary>
    static readonly (string Name, LineField Field)[] Configurable =
    [
        ("time", LineField.Time), ("client", LineField.Client), ("port", LineField.ClientPort), ("user", LineField.User), ("request", LineField.Request),
        ("method", LineField.Method), ("path", LineField.Target), ("query", LineField.Query), ("protocol", LineField.Protocol), ("host", LineField.VirtualHost),
        ("status", LineField.Status), ("bytes", LineField.Bytes), ("referer", LineField.Referer), ("userAgent", LineField.UserAgent),
        ("seconds", LineField.Seconds), ("milliseconds", LineField.Milliseconds), ("microseconds", LineField.Microseconds), ("nanoseconds", LineField.Nanoseconds),
        ("severity", LineField.Severity), ("process", LineField.Process), ("pid", LineField.ProcessId), ("message", LineField.Message),
    ];

    public static JsonNames Default { get; } = new(Defaults.SelectMany(row => row.Names.Split(' '), (row, name) => (row.Field, name)));

    /// <param name="names">Fields and their names, those that count most first. A name of two fields is the first's.</param>
    public JsonNames(IEnumerable<(LineField Field, string Name)> names)
    {
        Array.Fill(buckets, []);
        Span<byte> ranks = stackalloc byte[32];
        ranks.Clear();
        foreach (var (field, name) in names)
        {
            var path = Encoding.UTF8.GetBytes(name);
            var rank = ranks[(int)field]++;
            if (Find(path).Field != LineField.None) continue;
            ref var bucket = ref buckets[Bucket(path)];
            bucket = [.. bucket, (path, new JsonName(field, rank))];
        }
    }

    /// <summary>The defaults, with other names for some fields: <c>time=ts,client=req.ip</c>.</summary>
    /// <param name="position">Where the text begins within what the user wrote, for errors.</param>
    /// <exception cref="FormatException">It is not a list of field=name, or names no known field.</exception>
    public static JsonNames Parse(string text, int position)
    {
        List<(LineField, string)> given = [];
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : part[(equals + 1)..].Trim();
            if (name.Length is 0 or > MaxLength) throw new FormatException($"The JSON format has '{part}' at position {position}: expected field=name, where name is the member's name in the log, with dots between those of inner members.");
            var field = Configurable.FirstOrDefault(known => known.Name == part[..equals].Trim()).Field;
            if (field == LineField.None) throw new FormatException($"The JSON format has '{part}' at position {position}: '{part[..equals].Trim()}' is not a field. Fields are: {string.Join(", ", Configurable.Select(known => known.Name))}.");
            given.Add((field, name));
            position += part.Length + 1;
        }
        var replaced = given.Select(one => one.Item1).ToHashSet();
        return new JsonNames(given.Concat(Defaults.Where(row => !replaced.Contains(row.Field)).SelectMany(row => row.Names.Split(' '), (row, name) => (row.Field, name))));
    }

    /// <summary>What a member says; <see cref="LineField.None"/> where it is none of ours.</summary>
    public JsonName Find(ReadOnlySpan<byte> path)
    {
        foreach (var (known, name) in buckets[Bucket(path)])
            if (path.SequenceEqual(known)) return name;
        return default;
    }

    static int Bucket(ReadOnlySpan<byte> path) => path.IsEmpty ? 0 : (path.Length * 31 + path[0] * 7 + path[^1] * 3 + path[path.Length / 2]) & (Buckets - 1);
}
