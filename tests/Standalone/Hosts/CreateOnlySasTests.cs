using System.Net;
using System.Web;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using LogMonitor.Standalone.Hosts;
using Microsoft.Extensions.Time.Testing;

namespace LogMonitor.Standalone.Tests.Hosts;

/// <summary>Signatures that an identity vouches for, with a service that answers as Azure's is documented to: an emulator has no identities.</summary>
public sealed class CreateOnlySasTests
{
    static readonly DateTimeOffset now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task AnIdentityVouchesForAtMostAWeekOfCreating()
    {
        var service = new Service();
        var signatures = Signatures(service);
        Assert.False(signatures.IsByKey);
        var sas = HttpUtility.ParseQueryString(await signatures.IssueAsync(7, CreateOnlySas.DefaultPolicy, TestContext.Current.CancellationToken));

        Assert.Equal(("c", "c", "https"), (sas["sp"], sas["sr"], sas["spr"]));
        Assert.Equal(("2026-11-01T11:55:00Z", "2026-11-08T12:00:00Z"), (sas["st"], sas["se"]));
        Assert.Equal((Service.ObjectId, Service.TenantId), (sas["skoid"], sas["sktid"]));
        Assert.NotEmpty(sas["sig"]!);
        Assert.Equal("POST /?restype=service&comp=userdelegationkey", service.Asked);
    }

    [Fact]
    public async Task MoreThanAWeekIsRefusedBeforeAnybodyIsAsked()
    {
        var service = new Service();
        var error = await Assert.ThrowsAsync<UserErrorException>(() => Signatures(service).IssueAsync(8, CreateOnlySas.DefaultPolicy, TestContext.Current.CancellationToken));
        Assert.Equal("--days is 8, but a signature that an identity vouches for holds for at most 7 days.", error.Message);
        Assert.Null(service.Asked);
    }

    static CreateOnlySas Signatures(Service service) => new(
        new BlobServiceClient(new Uri("https://stshop.blob.core.windows.net"), new Token(), new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(service)) }), new FakeTimeProvider(now));

    sealed class Token : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", now.AddYears(100));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    sealed class Service : HttpMessageHandler
    {
        public const string ObjectId = "11111111-0000-0000-0000-000000000000", TenantId = "22222222-0000-0000-0000-000000000000";

        public string? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = $"{request.Method} {request.RequestUri!.PathAndQuery}";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent($"""
                    <?xml version="1.0" encoding="utf-8"?>
                    <UserDelegationKey><SignedOid>{ObjectId}</SignedOid><SignedTid>{TenantId}</SignedTid><SignedStart>2026-11-01T11:55:00Z</SignedStart><SignedExpiry>2026-11-08T12:00:00Z</SignedExpiry>
                    <SignedService>b</SignedService><SignedVersion>2024-11-04</SignedVersion><Value>c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0</Value></UserDelegationKey>
                    """, System.Text.Encoding.UTF8, "application/xml"),
            });
        }
    }
}
