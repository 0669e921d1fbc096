namespace LogMonitor.Core.Alerting;

/// <summary>
/// A setting that names a secret in a key vault. App Service puts the secret in its place before the app sees it; where the vault can't be reached or
/// refuses, the reference itself stays, which everybody can know who knows the vault's name: it must never be taken for the secret.
/// </summary>
/// <remarks>The form is <c>@Microsoft.KeyVault(SecretUri=…)</c> or <c>@Microsoft.KeyVault(VaultName=…;SecretName=…)</c>: "Use Key Vault references as app settings", learn.microsoft.com.</remarks>
public static class VaultReference
{
    /// <summary>Whether a setting's value is one, and so its secret is not known.</summary>
    public static bool Is(string? value) => value is not null && value.AsSpan().Trim().StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why a secret is not known, and what to do.</summary>
    /// <param name="setting">The setting's name.</param>
    public static string Explain(string setting) =>
        $"The setting '{setting}' refers to a key vault that could not be read. Check that the secret is there, that the app's identity may read it, and that the vault can be reached; then restart the app.";
}
