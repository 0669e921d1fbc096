using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>
/// Blob storage that answers as Azure does to a credential which can only create, and fails on command. It takes nothing but a
/// conditional Put Blob: every other request is refused and remembered.
/// </summary>
sealed class FakeBlobServer : IAsyncDisposable
{
    readonly WebApplication app;
    readonly ConcurrentDictionary<string, FakeContainer> containers = [];
    readonly Lazy<FakeContainer> first;

    FakeBlobServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        app = builder.Build();
        app.Run(AnswerAsync);
        first = new(() => NewContainer("incoming"));
    }

    public ConcurrentDictionary<string, StoredBlob> Blobs => first.Value.Blobs;

    public ConcurrentQueue<Fault> Faults => first.Value.Faults;

    /// <summary>The URL of the container <c>incoming</c>.</summary>
    public string ContainerUrl => first.Value.Url;

    public static async Task<FakeBlobServer> StartAsync()
    {
        var server = new FakeBlobServer();
        await server.app.StartAsync();
        return server;
    }

    /// <summary>A new, empty container beside the others.</summary>
    public FakeContainer NewContainer(string name) => containers[name] = new FakeContainer($"{app.Urls.Single()}/account/{name}");

    /// <summary>Takes a container away, and what it holds.</summary>
    public void Forget(string name) => containers.TryRemove(name, out _);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var container = context.Request.Path.Value!.Split('/', 4) is ["", "account", var name, ..] ? containers.GetValueOrDefault(name) : null;
        var fault = container?.NextFault();
        switch (fault?.Wire)
        {
            case Wire.ResetBeforeBody:
                context.Abort();
                return;
            case Wire.ResetInBody:
                await ReadAsync(context, (int)((context.Request.ContentLength ?? 0) / 2));
                context.Abort();
                return;
        }
        var body = await ReadAsync(context, int.MaxValue);
        var answer = container is null ? new Answer(404, "ContainerNotFound", "The specified container does not exist.") : container.Answer(context.Request, body, fault);
        if (fault is { Latency: var latency } && latency > TimeSpan.Zero) await Task.Delay(latency, context.RequestAborted);
        await SendAsync(context, answer, fault?.Wire ?? Wire.Whole);
    }

    static async Task<byte[]> ReadAsync(HttpContext context, int length)
    {
        var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (body.Length < length && await context.Request.Body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - body.Length))) is > 0 and var read)
            body.Write(buffer, 0, read);
        return body.ToArray();
    }

    static async Task SendAsync(HttpContext context, Answer answer, Wire wire)
    {
        if (wire == Wire.ResetBeforeReply)
        {
            context.Abort();
            return;
        }
        if (wire == Wire.Garbage)
        {
            var output = context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport.Output;
            await output.WriteAsync("SSH-2.0-not a web server\r\n\r\n"u8.ToArray());
            await output.CompleteAsync();
            context.Abort();
            return;
        }
        var response = context.Response;
        var requestId = Guid.NewGuid().ToString();
        response.StatusCode = answer.Status;
        response.Headers["x-ms-request-id"] = requestId;
        response.Headers["x-ms-version"] = context.Request.Headers["x-ms-version"];
        if (answer.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = answer.Body(requestId);
        if (answer.Status == 201)
        {
            response.Headers.ETag = $"\"0x{Random.Shared.NextInt64():X}\"";
            response.Headers.LastModified = DateTimeOffset.UtcNow.ToString("R");
            response.Headers["x-ms-request-server-encrypted"] = "true";
        }
        else if (answer.Code.Length > 0)
        {
            response.Headers["x-ms-error-code"] = answer.Code;
            response.ContentType = "application/xml";
        }
        response.ContentLength = body.Length + (wire == Wire.Truncated ? 1000 : 0);
        if (body.Length > 0 || wire == Wire.Truncated) await response.Body.WriteAsync(body);
        await response.Body.FlushAsync();
        if (wire == Wire.Truncated) context.Abort();
    }
}
