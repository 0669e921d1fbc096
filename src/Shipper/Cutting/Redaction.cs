namespace LogMonitor.Shipper.Cutting;

/// <summary>What is made unreadable before it leaves the host. What is replaced keeps its length, so that offsets remain those of the file.</summary>
public sealed record Redaction
{
    /// <summary>Parameters whose values are secrets wherever a URL or a form shows them; not case-sensitive.</summary>
    public static IReadOnlyList<string> UsualParameters { get; } =
    [
        "access_token", "api_key", "apikey", "auth", "authorization", "client_secret", "code", "id_token", "jwt", "key", "otp", "pass", "passwd", "password",
        "passwort", "pin", "pwd", "refresh_token", "secret", "session", "session_id", "sessionid", "sid", "sig", "signature", "token",
    ];

    /// <summary>Names of parameters, as in <c>?token=…&amp;password=…</c>: each character of their values becomes <c>*</c>. Empty for none.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Whether IP addresses lose their last part: 8 bits of an IPv4 address, 80 of an IPv6 address become 0.</summary>
    public bool Addresses { get; init; }

    internal bool IsNone => Parameters.Count == 0 && !Addresses;

    /// <inheritdoc/>
    public bool Equals(Redaction? other) => other is not null && Addresses == other.Addresses && Parameters.SequenceEqual(other.Parameters, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Parameters.Count, Addresses);
}
