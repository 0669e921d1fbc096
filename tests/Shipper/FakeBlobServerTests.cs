using System.Net;
using System.Security.Cryptography;
using LogMonitor.Shipper.Configuration;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Shipper.Upload;

namespace LogMonitor.Shipper.Tests;

/// <summary>The fake must bite: a shipper that asks for more than it may have, or sends something wrong, is found out.</summary>
public sealed class FakeBlobServerTests
{
    static readonly HttpClient Client = new();

    [Theory]
    [InlineData("GET", "", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("HEAD", "", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("DELETE", "", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("PUT", "comp=block&blockid=MDA=", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("PUT", "comp=metadata", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("GET", "restype=container&comp=list", HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData("PUT", "If-None-Match:", HttpStatusCode.Forbidden, "UnauthorizedBlobOverwrite")]
    [InlineData("PUT", "x-ms-blob-type:", HttpStatusCode.BadRequest, "MissingRequiredHeader")]
    [InlineData("PUT", "x-ms-blob-type:PageBlob", HttpStatusCode.BadRequest, "InvalidHeaderValue")]
    [InlineData("PUT", "x-ms-version:", HttpStatusCode.BadRequest, "MissingRequiredHeader")]
    [InlineData("PUT", "Content-MD5:AAAAAAAAAAAAAAAAAAAAAA==", HttpStatusCode.BadRequest, "Md5Mismatch")]
    [InlineData("PUT", "x-ms-content-crc64:AAAAAAAAAAA=", HttpStatusCode.BadRequest, "Crc64Mismatch")]
    [InlineData("PUT", "Content-Encoding:gzip", HttpStatusCode.BadRequest, "InvalidHeaderValue")]
    public async Task ARequestThatAShipperMustNotMakeIsRefusedAndRemembered(string method, string change, HttpStatusCode status, string code)
    {
        await using var server = await FakeBlobServer.StartAsync();
        var container = server.NewContainer("incoming");

        var answer = await SendAsync(container, method, change);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, Assert.Single(answer.Headers.GetValues("x-ms-error-code")));
        Assert.Contains(code, Assert.Single(container.Violations), StringComparison.Ordinal);
        Assert.Empty(container.Blobs);
    }

    [Fact]
    public async Task AContentThatIsNotWhatItsNameSaysIsRefusedAndRemembered()
    {
        await using var server = await FakeBlobServer.StartAsync();
        var container = server.NewContainer("incoming");
        var sink = new BlobSink(Destination.Open(Destination.FromArguments(container.Url, null, "", _ => null), _ => null));

        await sink.PutAsync(Some.Chunk("one\n").Id, Some.Chunk().Metadata, Some.Chunk("two\n").Compressed, TestContext.Current.CancellationToken);
        await sink.PutAsync(Some.Chunk("one\n").Id, Some.Chunk().Metadata, Some.Chunk("three\n").Compressed, TestContext.Current.CancellationToken);

        Assert.Equal(2, container.Violations.Count);
        Assert.Empty(container.Blobs);
    }

    [Fact]
    public async Task AWholePutIsStoredWithItsChecksums()
    {
        await using var server = await FakeBlobServer.StartAsync();
        var container = server.NewContainer("incoming");
        var compressed = Some.Chunk().Compressed.ToArray();

        var answer = await SendAsync(container, "PUT", $"x-ms-content-crc64:{Convert.ToBase64String(Crc64.Of(compressed))}");
        var again = await SendAsync(container, "PUT", $"Content-MD5:{Convert.ToBase64String(Md5(compressed))}");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.True(answer.Headers.Contains("x-ms-request-id") && answer.Headers.ETag is not null && answer.Content.Headers.LastModified is not null);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Contains("<Code>UnauthorizedBlobOverwrite</Code>", await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("one\n"u8, Assert.Single(container.Blobs).Value.Raw);
        Assert.Empty(container.Violations);
    }

    [Theory]
    [InlineData(nameof(Wire.ResetBeforeBody), 0, false, "Retry", "Stored")]
    [InlineData(nameof(Wire.ResetInBody), 0, false, "Retry", "Stored")]
    [InlineData(nameof(Wire.ResetBeforeReply), 0, false, "Retry", "Stored")]
    [InlineData(nameof(Wire.ResetBeforeReply), 0, true, "Retry", "Exists")]
    [InlineData(nameof(Wire.Truncated), 500, true, "Retry", "Exists")]
    [InlineData(nameof(Wire.Garbage), 0, false, "Retry", "Stored")]
    [InlineData(nameof(Wire.Garbage), 0, true, "Retry", "Exists")]
    [InlineData(nameof(Wire.Whole), 200, false, "Retry", "Stored")]
    public async Task ABrokenExchangeIsTriedAgain(string wire, int status, bool stores, string outcome, string next)
    {
        await using var server = await FakeBlobServer.StartAsync();
        server.Faults.Enqueue(new Fault(status, Stores: stores) { Wire = Enum.Parse<Wire>(wire) });
        var sink = new BlobSink(Destination.Open(Destination.FromArguments(server.ContainerUrl, null, "", _ => null), _ => null));
        var (id, metadata, compressed) = Some.Chunk(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i * 7919L % 100_003}\n")));

        var first = await sink.PutAsync(id, metadata, compressed, TestContext.Current.CancellationToken);
        compressed.Position = 0;
        var second = await sink.PutAsync(id, metadata, compressed, TestContext.Current.CancellationToken);

        Assert.Equal((outcome, next), (first.Outcome.ToString(), second.Outcome.ToString()));
        Assert.Single(server.Blobs);
        Assert.DoesNotContain("topsecret", first.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void TheChecksumIsTheOneOfItsSpecification() =>
        Assert.Equal(0xAE8B14860A799888, BitConverter.ToUInt64(Crc64.Of("123456789"u8)));

    static async Task<HttpResponseMessage> SendAsync(FakeContainer container, string method, string change)
    {
        var (id, _, compressed) = Some.Chunk();
        var query = change.Contains('=', StringComparison.Ordinal) && !change.Contains(':', StringComparison.Ordinal) ? $"&{change}" : "";
        using var request = new HttpRequestMessage(new HttpMethod(method), container.Url.Replace("?", $"/{id.BlobName}?", StringComparison.Ordinal) + query);
        if (method == "PUT") request.Content = new ByteArrayContent(compressed.ToArray());
        var headers = new Dictionary<string, string> { ["x-ms-blob-type"] = "BlockBlob", ["x-ms-version"] = "2026-02-06", ["If-None-Match"] = "*" };
        if (query.Length == 0 && change.Split(':', 2) is [var header, var changed]) headers[header] = changed;
        foreach (var (name, value) in headers.Where(pair => pair.Value.Length > 0))
            if (name.StartsWith("Content-", StringComparison.Ordinal)) request.Content?.Headers.TryAddWithoutValidation(name, value);
            else request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    // The header is defined so; nobody trusts it with a secret.
#pragma warning disable CA5351
    static byte[] Md5(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}
