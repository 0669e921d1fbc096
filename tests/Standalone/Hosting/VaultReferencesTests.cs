using System.Net;
using Azure.Core;
using LogMonitor.Core.Alerting;
using LogMonitor.Functions;

namespace LogMonitor.Standalone.Tests.Hosting;

/// <summary>Settings that refer to a key vault, where Azure has left them as they are. The vault is made up; nothing is asked of a real one.</summary>
public sealed class VaultReferencesTests : IDisposable
{
    readonly FakeVault vault = new();
    readonly HttpClient client;
    readonly FakeCredential credential = new();

    public VaultReferencesTests() => client = new HttpClient(vault);

    public void Dispose()
    {
        client.Dispose();
        vault.Dispose();
    }

    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/link-key)", "https://kv-1.vault.azure.net/secrets/link-key?api-version=7.4", "https://vault.azure.net/.default")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/link-key/)", "https://kv-1.vault.azure.net/secrets/link-key?api-version=7.4", "https://vault.azure.net/.default")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.cn/secrets/link-key/0123)", "https://kv-1.vault.azure.cn/secrets/link-key/0123?api-version=7.4", "https://vault.azure.cn/.default")]
    public async Task TheSecretIsAskedOfTheVaultAsTheApp(string reference, string address, string audience)
    {
        Assert.Equal("the secret", await new VaultReferences(client, credential).ReadAsync("Alerts__LinkKey", reference, TestContext.Current.CancellationToken));
        Assert.Equal((address, "Bearer a-token", audience), (vault.Address, vault.Authorization, credential.Audience));
    }

    [Theory]
    [InlineData("@Microsoft.KeyVault(VaultName=kv-1;SecretName=link-key)")]
    [InlineData("@Microsoft.KeyVault(SecretUri=http://kv-1.vault.azure.net/secrets/link-key)")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/link-key")]
    [InlineData("@Microsoft.KeyVault(SecretUri=)")]
    public async Task AReferenceThatCannotBeUnderstoodIsNeverTakenForASecret(string reference)
    {
        Assert.True(VaultReference.Is(reference));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => new VaultReferences(client, credential).ReadAsync("Alerts__LinkKey", reference, TestContext.Current.CancellationToken));
        Assert.StartsWith($"The setting 'Alerts__LinkKey' is '{reference}', which Azure has not replaced by a secret", error.Message, StringComparison.Ordinal);
        Assert.Null(vault.Address);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "", "the vault answers 403")]
    [InlineData(HttpStatusCode.OK, "<html>", "the answer is not a secret")]
    [InlineData(HttpStatusCode.OK, "{}", "the answer is not a secret")]
    public async Task AVaultThatGivesNoSecretIsNamedWithTheSetting(HttpStatusCode status, string answer, string why)
    {
        (vault.Status, vault.Answer) = (status, answer);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => new VaultReferences(client, credential).ReadAsync("SendGrid__ApiKey", "@Microsoft.KeyVault(SecretUri=https://kv-1.vault.azure.net/secrets/sendgrid-key)", TestContext.Current.CancellationToken));
        Assert.StartsWith($"The setting 'SendGrid__ApiKey' refers to https://kv-1.vault.azure.net/secrets/sendgrid-key, which can't be read: {why}. ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherSettingsAreLeftAlone()
    {
        Assert.False(VaultReference.Is(null));
        Assert.False(VaultReference.Is("a key"));
    }

    sealed class FakeVault : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public string Answer { get; set; } = """{"value":"the secret","id":"https://kv-1.vault.azure.net/secrets/link-key/0123"}""";

        public string? Address { get; private set; }

        public string? Authorization { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Address, Authorization) = (request.RequestUri?.AbsoluteUri, request.Headers.Authorization?.ToString());
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(Answer) });
        }
    }

    sealed class FakeCredential : TokenCredential
    {
        public string? Audience { get; private set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Audience = Assert.Single(requestContext.Scopes);
            return new AccessToken("a-token", DateTimeOffset.MaxValue);
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
