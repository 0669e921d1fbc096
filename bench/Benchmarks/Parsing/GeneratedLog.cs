using System.Globalization;
using System.Text;

namespace LogMonitor.Benchmarks.Parsing;

/// <summary>Logs of <see cref="Size"/> bytes, the same on every machine: lines of ordinary lengths, with ordinary variety.</summary>
static class GeneratedLog
{
    /// <summary>16 MiB: more than any cache.</summary>
    public const int Size = 16 << 20;

    static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "curl/8.5.0", "-",
    ];

    static readonly string[] Paths = ["/", "/index.html", "/assets/app.4f3c2a.js", "/api/v1/orders?page=2&size=50", "/images/products/large/widget-42.webp", "/login", "/search?q=caf%C3%A9+noir"];

    public static byte[] Of(string kind) => kind switch
    {
        "common" => Fill((random, time) => Common(random, time)),
        "combined" or "custom" => Fill((random, time) => $"{Common(random, time)} \"{(random.Next(3) == 0 ? "-" : "https://www.example.org" + Pick(random, Paths))}\" \"{Pick(random, Agents)}\""),
        "apache_error" => Fill((random, time) =>
            Invariant($"[{time:ddd MMM dd HH:mm:ss}.{random.Next(1_000_000):D6} {time:yyyy}] [authz_core:error] [pid {random.Next(500, 600)}:tid {140_000_000_000_000 + random.Next(99)}] [client {Address(random)}:{random.Next(1024, 65536)}] AH01630: client denied by server configuration: /var/www/html{Pick(random, Paths)}")),
        "nginx_error" => Fill((random, time) =>
            Invariant($"{time:yyyy/MM/dd HH:mm:ss} [error] 19#19: *{random.Next(99_999)} open() \"/usr/share/nginx/html{Pick(random, Paths)}\" failed (2: No such file or directory), client: {Address(random)}, server: _, request: \"GET {Pick(random, Paths)} HTTP/1.1\", host: \"www.example.org\"")),
        "sshd" => Fill((random, time) => Invariant($"{time:MMM dd HH:mm:ss} web1 sshd[{random.Next(1000, 99_999)}]: ") + random.Next(4) switch
        {
            0 => $"Failed password for invalid user {Pick(random, ["admin", "oracle", "test"])} from {Address(random)} port {random.Next(1024, 65536)} ssh2",
            1 => $"Invalid user {Pick(random, ["admin", "oracle", "test"])} from {Address(random)} port {random.Next(1024, 65536)}",
            2 => $"Connection closed by authenticating user root {Address(random)} port {random.Next(1024, 65536)} [preauth]",
            _ => $"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={Address(random)}  user=root",
        }),
        "json" => Fill((random, time) =>
            Invariant($"{{\"level\":\"info\",\"ts\":{new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeSeconds()}.{random.Next(1_000_000):D6},\"logger\":\"http.log.access\",\"msg\":\"handled request\",\"request\":{{\"remote_ip\":\"{Address(random)}\",\"remote_port\":\"{random.Next(1024, 65536)}\",\"proto\":\"HTTP/2.0\",\"method\":\"GET\",\"host\":\"www.example.org\",\"uri\":\"{Pick(random, Paths)}\",\"headers\":{{\"User-Agent\":[\"{Pick(random, Agents)}\"],\"Accept\":[\"*/*\"]}}}},\"duration\":0.00{random.Next(9999):D4},\"size\":{random.Next(99_999)},\"status\":{Status(random)}}}")),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such log"),
    };

    static string Common(Random random, DateTime time) =>
        Invariant($"{Address(random)} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET {Pick(random, Paths)} HTTP/1.1\" {Status(random)} {random.Next(99_999)}");

    static int Status(Random random) => random.Next(10) switch { 0 => 404, 1 => 304, _ => 200 };

    static string Address(Random random) => Invariant($"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}");

    static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // 50 lines a second, and the last line cut so that the size is exact.
    static byte[] Fill(Func<Random, DateTime, string> line)
    {
        var log = new byte[Size];
        var random = new Random(1);
        var time = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        var used = 0;
        for (var i = 1; used < Size; i++)
        {
            var text = Encoding.UTF8.GetBytes(line(random, time) + "\n");
            var length = Math.Min(text.Length, Size - used);
            text.AsSpan(0, length).CopyTo(log.AsSpan(used));
            used += length;
            if (i % 50 == 0) time = time.AddSeconds(1);
        }
        return log;
    }
}
