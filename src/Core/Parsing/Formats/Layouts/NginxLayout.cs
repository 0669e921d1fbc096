using LogMonitor.Core.Parsing.Fields;

namespace LogMonitor.Core.Parsing.Formats.Layouts;

/// <summary>nginx's <c>log_format</c> strings. Any variable may stand in one; those that a line has a place for are read, the others passed over.</summary>
/// <remarks>Source: https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format and https://nginx.org/en/docs/varindex.html.</remarks>
static class NginxLayout
{
    /// <exception cref="FormatException">It has a '$' that no variable follows; the message says where.</exception>
    public static List<LayoutPart> Parts(string format)
    {
        List<LayoutPart> parts = [];
        for (var i = 0; i < format.Length;)
        {
            if (format[i] != '$')
            {
                parts.Add(new LayoutPart(PartKind.Literal) { Text = format[i++].ToString() });
                continue;
            }
            var start = i++;
            var braced = i < format.Length && format[i] == '{';
            if (braced) i++;
            var nameAt = i;
            while (i < format.Length && (char.IsAsciiLetterOrDigit(format[i]) || format[i] == '_')) i++;
            var name = format[nameAt..i];
            if (name.Length == 0 || braced && (i == format.Length || format[i++] != '}'))
                throw new FormatException($"The log format has '{format[start..Math.Min(format.Length, i + 1)]}' at position {start + 1}: a variable's name must follow '$', such as $remote_addr or ${{status}}.");
            var part = Variable(name) with { Directive = format[start..i], Position = start + 1 };
            // "$is_args$args" is one text: "?a=b", or nothing.
            if (name is "args" or "query_string" && parts.Count > 0 && parts[^1].Directive is "$is_args" or "${is_args}") parts[^1] = parts[^1] with { Field = LineField.Query };
            else parts.Add(part);
        }
        return parts;
    }

    static LayoutPart Variable(string name) => name switch
    {
        "time_local" => Time(TimePart.Clf),
        "time_iso8601" => Time(TimePart.Iso),
        "msec" => Time(TimePart.EpochWithFraction),
        "remote_addr" => Of(LineField.Client),
        "proxy_protocol_addr" => Of(LineField.Client, 1),
        "realip_remote_addr" => Of(LineField.Client, 2),
        "http_x_real_ip" => Of(LineField.Client, 3),
        "http_x_forwarded_for" or "proxy_add_x_forwarded_for" => Of(LineField.Client, 4) with { IsList = true },
        "remote_port" => Of(LineField.ClientPort),
        "proxy_protocol_port" => Of(LineField.ClientPort, 1),
        "remote_user" => Of(LineField.User),
        "request" => Of(LineField.Request),
        "request_method" => Of(LineField.Method),
        "request_uri" => Of(LineField.Target) with { Begins = (byte)'/' },
        "uri" or "document_uri" => Of(LineField.Path) with { Begins = (byte)'/' },
        "args" or "query_string" => Of(LineField.Query),
        "is_args" => Of(LineField.None) with { Begins = (byte)'?' },
        "server_protocol" => Of(LineField.Protocol),
        "host" => Of(LineField.VirtualHost),
        "http_host" => Of(LineField.VirtualHost, 1),
        "server_name" => Of(LineField.VirtualHost, 2),
        "status" => Of(LineField.Status),
        "body_bytes_sent" => Of(LineField.Bytes),
        "bytes_sent" => Of(LineField.Bytes, 1),
        "http_referer" => Of(LineField.Referer),
        "http_user_agent" => Of(LineField.UserAgent),
        "request_time" => Of(LineField.Seconds),
        "pid" => Of(LineField.ProcessId),
        // "0.001, 0.002 : 0.004": one value for each server that was asked.
        _ => Of(LineField.None) with { IsList = true },
    };

    static LayoutPart Time(TimePart part) => new(PartKind.Time) { Time = part };

    static LayoutPart Of(LineField field, int rank = 0) => new(PartKind.Field) { Field = field, Rank = (byte)rank };
}
