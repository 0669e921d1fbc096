using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Tests.Parsing;

/// <summary>A line that is rendered from fields gives those fields back.</summary>
public sealed class ParsingProperties
{
    static readonly Gen<string> Client = Gen.OneOf(
        Gen.Byte.Array[4].Select(bytes => string.Join('.', bytes)),
        Gen.Byte.Array[16].Select(bytes => new System.Net.IPAddress(bytes)).Where(address => !address.IsIPv4MappedToIPv6).Select(address => address.ToString()),
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789"], 1, 12].Select(name => name + ".example.net"));

    /// <summary>Any bytes, as Apache writes them into a field.</summary>
    static readonly Gen<string> Escaped = Gen.Byte.Array[0, 30].Select(bytes =>
        string.Concat(bytes.Select(b => b switch { (byte)'"' => "\\\"", (byte)'\\' => "\\\\", (byte)'\n' => "\\n", < 0x20 or >= 0x7F => $"\\x{b:x2}", _ => ((char)b).ToString() })));

    static readonly Gen<string> Word = Escaped.Select(text => text.Replace(" ", "", StringComparison.Ordinal)).Where(text => text is not ("" or "-"));

    // Nothing in nginx's error log tells a request's own `",` from the end of the request.
    static readonly Gen<string> PathWord = Word.Select(word => word.Replace('?', '!').Replace(',', ';'));

    static readonly Gen<DateTimeOffset> Time = Gen.Select(Gen.Long[0, 4_102_444_799], Gen.Int[-14 * 4, 14 * 4],
        (seconds, quarters) => DateTimeOffset.FromUnixTimeSeconds(seconds + 86_400).ToOffset(TimeSpan.FromMinutes(15 * quarters)));

    static string Clf(DateTimeOffset time) => time.ToString("dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture) + Offset(time);

    static string Offset(DateTimeOffset time) => (time.Offset < TimeSpan.Zero ? "-" : "+") + time.Offset.ToString("hhmm", CultureInfo.InvariantCulture);

    static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    static string Field(string name, string value) => value is "" or "-" ? "" : $" {name}={value}";

    [Fact]
    public void ACombinedLineGivesItsFieldsBackByTheFastAndByThePlainWay() =>
        Gen.Select(Client, Word, Time, Gen.Select(Gen.OneOf(Gen.Const("GET"), Gen.Const("PROPFIND"), Gen.Const("M-SEARCH")), Word.Select(word => "/" + word), Word), Gen.Int[100, 999], Gen.Long[-1, 1L << 50], Gen.Select(Escaped, Escaped))
            .Sample((client, user, time, request, status, bytes, quoted) =>
            {
                var (method, path, query) = request;
                var (referer, agent) = quoted;
                path = path.Replace("?", "", StringComparison.Ordinal);
                var line = $"{client} - {user} [{Clf(time)}] \"{method} {path}?{query} HTTP/1.1\" {status} {(bytes < 0 ? "-" : bytes)} \"{referer}\" \"{agent}\"";
                var fields = $"{Utc(time)} client={client} user={user} method={method} target={path}?{query} path={path} query={query} protocol=HTTP/1.1 status={status}"
                    + (bytes < 0 ? "" : $" bytes={bytes}") + Field("referer", referer) + Field("agent", agent);
                Assert.Equal("access combined " + fields, Describe.Line(line));
                Assert.Equal("access custom " + fields, Describe.CompiledLine(line, "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""));
            }, iter: 3_000);

    [Fact]
    public void ErrorLinesGiveTheirFieldsBack() =>
        Gen.Select(Client.Where(client => !client.Contains(':', StringComparison.Ordinal)), Time, Gen.Int[1, 65_535], Gen.Int[1, 4_000_000], Word, PathWord)
            .Sample((client, time, port, pid, user, text) =>
            {
                var utc = time.UtcDateTime;
                var asctime = utc.ToString("ddd MMM dd HH:mm:ss.ffffff yyyy", CultureInfo.InvariantCulture);
                Assert.Equal($"error apache_error {Utc(time)} client={client} port={port} severity=Error process=core pid={pid} message=AH1: {text}",
                    Describe.Line($"[{asctime}] [core:error] [pid {pid}:tid 5] [client {client}:{port}] AH1: {text}"));
                var slashed = utc.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);
                Assert.StartsWith($"error nginx_error {Utc(time)} client={client} method=GET path=/{text} protocol=HTTP/1.1 host=h.example severity=Critical pid={pid} message=open() \"{text}\" failed, client:",
                    Describe.Line($"{slashed} [crit] {pid}#0: *1 open() \"{text}\" failed, client: {client}, server: s, request: \"GET /{text} HTTP/1.1\", host: \"h.example:{port}\""), StringComparison.Ordinal);
                var iso = time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
                Assert.Equal($"error syslog {Utc(time)} client={client} port={port} user={user} process=sshd pid={pid} message=Failed password for {user} from {client} port {port} ssh2",
                    Describe.Line($"{iso} host sshd[{pid}]: Failed password for {user} from {client} port {port} ssh2"));
            }, iter: 1_000);

    [Fact]
    public void AYearLeftOutIsInferredForEveryDayOfTheYearBeforeTheReference() =>
        Gen.Select(Time, Gen.Long[-86_400, 364 * 86_400L]).Sample((reference, age) =>
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(reference.ToUnixTimeSeconds() - age).UtcDateTime;
            if (time.Year < 1971) return;
            Assert.Equal(Utc(time), Describe.Time(Describe.Parser(reference: reference), time.ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture) + " host su: text"));
        }, iter: 5_000);

    [Fact]
    public void AJsonLineGivesItsTextsBack() =>
        Gen.Select(Gen.String, Gen.String, Gen.Int[100, 999]).Sample((path, agent, status) =>
        {
            // JSON has no lone surrogates; the serializer writes replacement characters in their place.
            static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
            var line = Bytes(JsonSerializer.Serialize(new { status, method = "GET", uri = "/" + path.Replace("?", "", StringComparison.Ordinal), user_agent = agent }));
            Assert.Equal($"access json no-time method=GET path=/{Bytes(path.Replace("?", "", StringComparison.Ordinal))} status={status}{Field("agent", Bytes(agent))}", Describe.Line(line));
        }, iter: 3_000);

    [Fact]
    public void TheJsonScannerSeesWhatUtf8JsonReaderSees() =>
        Gen.Recursive<object?>((depth, inner) => depth > 4
                ? Gen.Const((object?)null)
                : Gen.OneOf(Gen.String.Select(text => (object?)text), Gen.Int.Select(number => (object?)number), Gen.Double.Where(double.IsFinite).Select(number => (object?)number), Gen.Bool.Select(flag => (object?)flag),
                    Gen.Const((object?)null), inner.Array[0, 4].Select(array => (object?)array),
                    Gen.Dictionary(Gen.String, inner)[0, 4].Select(members => (object?)members)))
            .Sample(value =>
            {
                var text = JsonSerializer.SerializeToUtf8Bytes(value, Indented);
                var theirs = new Utf8JsonReader(text);
                var ours = new JsonScanner(text);
                var target = new byte[text.Length];
                while (theirs.Read())
                {
                    var token = ours.Read();
                    Assert.Equal(theirs.TokenType switch
                    {
                        JsonTokenType.StartObject => JsonToken.ObjectStart,
                        JsonTokenType.EndObject => JsonToken.ObjectEnd,
                        JsonTokenType.StartArray => JsonToken.ArrayStart,
                        JsonTokenType.EndArray => JsonToken.ArrayEnd,
                        JsonTokenType.PropertyName => JsonToken.Name,
                        JsonTokenType.String => JsonToken.String,
                        JsonTokenType.Number => JsonToken.Number,
                        _ => JsonToken.Literal,
                    }, token);
                    if (token is JsonToken.Name or JsonToken.String) Assert.Equal(theirs.GetString(), Encoding.UTF8.GetString(target, 0, JsonScanner.Unescape(ours.Value, target)));
                    if (token is JsonToken.Number) Assert.Equal(theirs.ValueSpan.ToArray(), ours.Value.ToArray());
                }
                Assert.Equal(JsonToken.End, ours.Read());
            }, iter: 1_000);

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public void WordsOfAnyBytesNeverBecomeAddresses() =>
        Gen.Byte.Array[0, 50].Sample(bytes => !ClientText.IsAddress(bytes) || bytes.AsSpan().IndexOfAnyExcept(Hex) < 0);

    static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF.:"u8);
}
