using System.Net.Http.Headers;
using System.Text.Json;
using Azure.Core;
using Azure.Identity;
using LogMonitor.Core.Alerting;
using LogMonitor.Storage;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Functions;

/// <summary>
/// Settings such as <c>@Microsoft.KeyVault(SecretUri=https://…)</c>, which Azure replaces by the secret. Flex Consumption leaves them as they are where the vault is
/// closed to the internet; the app is in the vault's network and then asks for itself, once, when it starts.
/// </summary>
sealed class VaultReferences(HttpClient client, TokenCredential credential)
{
    const string Beginning = "@Microsoft.KeyVault(SecretUri=";

    /// <summary>
    /// Puts secrets in place of the references that are left in this process's variables. Asks nothing where there are none. One that can't be read stays: what needs it waits,
    /// health names it, and the rest goes on.
    /// </summary>
    /// <param name="problems">Told of each that can't be read: setting, vault and why.</param>
    public static async Task ResolveEnvironmentAsync(TextWriter problems, CancellationToken cancellationToken)
    {
        var variables = Environment.GetEnvironmentVariables();
        // App Service gives each setting twice.
        var left = variables.Keys.Cast<string>().Where(name => VaultReference.Is((string?)variables[name]) && !name.StartsWith("APPSETTING_", StringComparison.Ordinal)).ToList();
        if (left.Count == 0) return;
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var vault = new VaultReferences(client, StorageOptions.ReadCredential(new ConfigurationBuilder().AddEnvironmentVariables().Build()));
        foreach (var name in left)
            try
            {
                Environment.SetEnvironmentVariable(name, await vault.ReadAsync(name, (string)variables[name]!, cancellationToken));
            }
            catch (InvalidOperationException e)
            {
                await problems.WriteLineAsync(e.Message);
            }
    }

    /// <summary>The secret that a setting refers to.</summary>
    /// <exception cref="InvalidOperationException">It can't be read, or the reference can't be understood; the message names the setting.</exception>
    public async Task<string> ReadAsync(string setting, string reference, CancellationToken cancellationToken)
    {
        if (!reference.StartsWith(Beginning, StringComparison.OrdinalIgnoreCase) || !reference.EndsWith(')')
            || !Uri.TryCreate(reference[Beginning.Length..^1], UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || !uri.Host.Contains('.', StringComparison.Ordinal))
            throw new InvalidOperationException($"The setting '{setting}' is '{reference}', which Azure has not replaced by a secret and which can't be understood: it must be @Microsoft.KeyVault(SecretUri=https://VAULT.vault.azure.net/secrets/NAME).");
        try
        {
            return await ReadAsync(uri, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or AuthenticationFailedException or JsonException or KeyNotFoundException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new InvalidOperationException(
                $"The setting '{setting}' refers to {uri}, which can't be read: {Why(error)}. The app's identity needs the role Key Vault Secrets User there, and the vault must be open to the app's network.", error);
        }
    }

    async Task<string> ReadAsync(Uri secret, CancellationToken cancellationToken)
    {
        // The clouds' vaults have other names; a token is for what comes after the vault's own.
        var audience = $"https://{secret.Host[(secret.Host.IndexOf('.', StringComparison.Ordinal) + 1)..]}/.default";
        var token = await credential.GetTokenAsync(new TokenRequestContext([audience]), cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(secret, $"{secret.AbsolutePath.TrimEnd('/')}?api-version=7.4"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        using var response = await client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return answer.RootElement.GetProperty("value").GetString() ?? throw new KeyNotFoundException();
    }

    static string Why(Exception error) => error switch
    {
        HttpRequestException { StatusCode: { } status } => $"the vault answers {(int)status}",
        OperationCanceledException => "no answer in time",
        JsonException or KeyNotFoundException => "the answer is not a secret",
        _ => error.Message.Split('\n')[0].TrimEnd('.', '\r'),
    };
}
