using LogMonitor.Core.Alerting;

namespace LogMonitor.Notifications.Http;

/// <summary>Reads secrets where they are: at each delivery, so that a new one is used at once.</summary>
static class Secrets
{
    /// <summary>The text; or, in <paramref name="problem"/>, why there is none.</summary>
    public static string? Read(SecretText secret, out string problem)
    {
        try
        {
            var text = (secret.Value ?? (secret.Environment is { } name ? Environment.GetEnvironmentVariable(name) : File.ReadAllText(secret.File!)))?.Trim();
            problem = VaultReference.Is(text) ? VaultReference.Explain(secret.Environment ?? secret.ToString())
                : string.IsNullOrEmpty(text) ? $"{Upper(secret)} {(secret.Environment is not null ? "is not set" : "is empty")}."
                : text.AsSpan().ContainsAnyExceptInRange('!', '~') ? $"{Upper(secret)} holds more than one plain word."
                : "";
            return problem.Length == 0 ? text : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problem = $"{Upper(secret)} can't be read: {(failure is UnauthorizedAccessException ? "this program may not" : failure is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : "the disk fails")}.";
            return null;
        }
    }

    /// <summary>Why one of these can't be had; null where all can.</summary>
    public static string? FindProblem(params IEnumerable<SecretText?> secrets)
    {
        foreach (var secret in secrets)
            if (secret is not null && Read(secret, out var problem) is null) return problem;
        return null;
    }

    static string Upper(SecretText secret) => secret.ToString() is var text ? char.ToUpperInvariant(text[0]) + text[1..] : "";
}
