using System.Globalization;
using System.Text;
using LogMonitor.Core.Parsing;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Detection;

/// <summary>
/// A field of a line by the name that rules use: the W3C extended names that Sigma's web server rules are written in, those of Sigma's Linux
/// rules, and aliases.
/// </summary>
/// <remarks>
/// SigmaHQ's rules disagree about what the URI fields hold. So <c>cs-uri-query</c> is the query and also the whole request target, and
/// <c>cs-uri-stem</c> the path and also the whole target: a rule matches where either does. Whether the field is there at all is a question of
/// the first alone.
/// </remarks>
sealed class LineField
{
    public delegate ReadOnlySpan<byte> TextOf(in LogLine line);
    public delegate long NumberOf(in LogLine line);

    /// <summary>One of the texts that a field may stand for.</summary>
    public sealed record Part(TextOf Text, EncodedPart Encoded = EncodedPart.None)
    {
        /// <summary>The text; of the target, also where the log has its path and query apart.</summary>
        public ReadOnlySpan<byte> In(in LogLine line, LineTexts texts) => Encoded == EncodedPart.Target ? texts.Target(line) : Text(line);
    }

    readonly NumberOf? number;

    LineField(string name, params Part[] parts) => (Name, Parts) = (name, parts);

    LineField(string name, TextOf text) : this(name, new Part(text)) { }

    LineField(string name, NumberOf number) : this(name) => this.number = number;

    public string Name { get; }

    /// <summary>None where the field is a number.</summary>
    public Part[] Parts { get; }

    public bool IsNumber => number is not null;

    /// <summary>Empty where the line has none, or the field is a number.</summary>
    public ReadOnlySpan<byte> GetText(in LogLine line) => number is null ? Parts[0].Text(line) : default;

    /// <summary>The same; see <see cref="Part.In"/>.</summary>
    public ReadOnlySpan<byte> GetText(in LogLine line, LineTexts texts) => number is null ? Parts[0].In(line, texts) : default;

    public bool TryGetNumber(in LogLine line, out long value)
    {
        value = number is null ? -1 : number(line);
        return value >= 0;
    }

    /// <summary>Whether it is the message of a line, or its severity.</summary>
    public bool IsOfMessage => Name is "message" or "severity";

    /// <summary>Whether all its texts are in the request target.</summary>
    public bool IsPartOfTarget => Parts is [.., { Encoded: EncodedPart.Target }];

    /// <summary>Whether the line has the field.</summary>
    public bool IsIn(in LogLine line) => IsNumber ? TryGetNumber(line, out _) : !GetText(line).IsEmpty;

    /// <summary>Writes the value in display form, as UTF-8, for group-by keys and messages; <c>-</c> where the line has none. Returns how many bytes, at most <see cref="MaxDisplayBytes"/>.</summary>
    public int WriteDisplay(in LogLine line, Span<byte> destination)
    {
        if (TryGetNumber(line, out var value)) return value.TryFormat(destination, out var digits, default, CultureInfo.InvariantCulture) ? digits : 0;
        var bytes = GetText(line);
        if (bytes.IsEmpty) bytes = absent;
        var isLong = bytes.Length > MaxDisplay;
        if (isLong && !bytes[..MaxDisplay].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            bytes[..MaxDisplay].CopyTo(destination);
            "…"u8.CopyTo(destination[MaxDisplay..]);
            return MaxDisplay + "…"u8.Length;
        }
        // Nearly all values are their own display form.
        if (isLong || bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.UTF8.GetBytes(DisplayText.From(bytes, MaxDisplay).ToString(), destination);
        bytes.CopyTo(destination);
        return bytes.Length;
    }

    /// <summary>The display form of what a line does not have.</summary>
    public const string Absent = "-";

    static ReadOnlySpan<byte> absent => "-"u8;

    /// <summary>The longest display form, in bytes: an ellipsis behind, and no character takes more than three bytes of UTF-8.</summary>
    public const int MaxDisplayBytes = 3 * (MaxDisplay + 1);

    /// <summary>The name of the HTTP status.</summary>
    public const string Status = "sc-status";

    /// <summary>The name of the client's address.</summary>
    public const string Client = "c-ip";

    /// <summary>A group-by value's length in characters; longer values that begin alike are one group.</summary>
    const int MaxDisplay = 120;

    /// <summary>The request target.</summary>
    public static readonly Part Target = new((in line) => line.Target, EncodedPart.Target);
    public static readonly Part Path = new((in line) => line.Path, EncodedPart.Path);
    public static readonly Part Query = new((in line) => line.Query, EncodedPart.Query);

    // Sigma's Linux rules have them in upper case, and user in lower case is somebody else.
    static readonly LineField[] sudo =
    [
        new("USER", SudoMessage.User),
        new("COMMAND", SudoMessage.Command),
        new("TTY", SudoMessage.Terminal),
        new("PWD", SudoMessage.Directory),
    ];

    static readonly LineField[] all =
    [
        new(Client, (in line) => line.Client),
        new("cs-username", (in line) => line.User),
        new("cs-method", (in line) => line.Method),
        new("cs-uri", Target),
        new("cs-uri-stem", Path, Target),
        new("cs-uri-query", Query, Target),
        new("cs-version", (in line) => line.Protocol),
        new("cs-host", (in line) => line.VirtualHost),
        new("cs-referer", new Part((in line) => line.Referer, EncodedPart.Referer)),
        new("cs-user-agent", (in line) => line.UserAgent),
        new(Status, (in line) => line.Status > 0 ? line.Status : -1),
        new("sc-bytes", (in line) => line.Bytes),
        new("time-taken", (in line) => line.DurationMicroseconds),
        new("c-port", (in line) => line.ClientPort > 0 ? line.ClientPort : -1),
        new("process", (in line) => line.Process),
        new("message", (in line) => line.Message),
        new("severity", (in line) => line.Severity == Severity.None ? -1 : (long)line.Severity),
        .. sudo,
    ];

    static readonly Dictionary<string, LineField> byName = all.Except(sudo).ToDictionary(known => known.Name, StringComparer.OrdinalIgnoreCase);

    static readonly Dictionary<string, string> aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["src_ip"] = "c-ip",
        ["client_ip"] = "c-ip",
        ["SourceIP"] = "c-ip",
        ["remote_addr"] = "c-ip",
        ["clientip"] = "c-ip",
        ["cs(Host)"] = "cs-host",
        ["cs(Referer)"] = "cs-referer",
        ["cs(User-Agent)"] = "cs-user-agent",
        ["user"] = "cs-username",
        ["username"] = "cs-username",
        ["method"] = "cs-method",
        ["http_method"] = "cs-method",
        ["c-uri"] = "cs-uri",
        ["uri"] = "cs-uri",
        ["url"] = "cs-uri",
        ["request_uri"] = "cs-uri",
        ["c-uri-stem"] = "cs-uri-stem",
        ["c-uri-path"] = "cs-uri-stem",
        ["uri_path"] = "cs-uri-stem",
        ["c-uri-query"] = "cs-uri-query",
        ["uri_query"] = "cs-uri-query",
        ["cs-protocol-version"] = "cs-version",
        ["host_header"] = "cs-host",
        ["http_host"] = "cs-host",
        ["cs-referrer"] = "cs-referer",
        ["referer"] = "cs-referer",
        ["http_referer"] = "cs-referer",
        ["c-useragent"] = "cs-user-agent",
        ["c-user-agent"] = "cs-user-agent",
        ["user_agent"] = "cs-user-agent",
        ["http_user_agent"] = "cs-user-agent",
        ["status"] = Status,
        ["http_status"] = Status,
        ["cs-status"] = Status,
        ["bytes"] = "sc-bytes",
        ["src_port"] = "c-port",
        ["SourcePort"] = "c-port",
        ["client_port"] = "c-port",
        ["remote_port"] = "c-port",
        ["program"] = "process",
        ["ProcessName"] = "process",
        ["msg"] = "message",
    };

    // Of what the W3C's format and Sigma's rules name, but the logs that we read don't hold: rules with them load, and find these absent.
    static readonly HashSet<string> neverLogged = new(StringComparer.OrdinalIgnoreCase) { "cs-bytes", "cs-content-type", "cs-cookie", "cs-body", "cs-request-body", "s-ip", "s-port", "s-computername", "s-sitename", "sc-substatus", "sc-win32-status", "cs-cookie-vars", "cs(Cookie)" };

    public static IEnumerable<string> NumberNames => all.Where(known => known.IsNumber).Select(known => known.Name);

    public static IEnumerable<string> Names => all.Select(known => known.Name);

    public static LineField? Find(string name) =>
        Array.Find(sudo, known => known.Name == name) ?? byName.GetValueOrDefault(aliases.GetValueOrDefault(name, name)) ?? (neverLogged.Contains(name) ? new LineField(name, (TextOf)((in LogLine _) => default)) : null);
}
