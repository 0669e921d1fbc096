using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Shipper.Tests.Support;

/// <param name="Status">The answer, or 0 for none: the connection is reset.</param>
/// <param name="Code">The error code that comes with it.</param>
/// <param name="Stores">Whether the blob is stored all the same: its reply is what gets lost.</param>
sealed record Fault(int Status, string Code = "", bool Stores = false);

/// <summary>Blob storage that answers as Azure does to a credential which can only create, and fails on command. It takes nothing but a conditional Put Blob.</summary>
sealed class FakeBlobServer : IAsyncDisposable
{
    readonly WebApplication app;

    FakeBlobServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = [];

    public ConcurrentQueue<Fault> Faults { get; } = [];

    /// <summary>With a SAS, whose signature must not show up in any message.</summary>
    public string ContainerUrl => $"{app.Urls.Single()}/account/incoming?sv=2026-02-06&sp=c&sig=topsecret";

    public static async Task<FakeBlobServer> StartAsync()
    {
        var server = new FakeBlobServer();
        await server.app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var isPut = request.Method == "PUT" && request.Headers["x-ms-blob-type"] == "BlockBlob" && request.Headers.IfNoneMatch == "*"
            && !request.Query.ContainsKey("comp") && request.Headers.ContentEncoding.Count == 0 && !request.Headers.ContainsKey("x-ms-blob-content-encoding");
        if (!isPut)
        {
            Refuse(context, 403, "AuthorizationPermissionMismatch");
            return;
        }
        Faults.TryDequeue(out var fault);
        var isNew = fault is { Stores: false } ? null : (bool?)Blobs.TryAdd(request.Path.Value!, body.ToArray());
        if (fault is { Status: 0 }) context.Abort();
        else if (fault is not null) Refuse(context, fault.Status, fault.Code);
        else if (isNew is false) Refuse(context, 403, "UnauthorizedBlobOverwrite");
        else
        {
            context.Response.StatusCode = 201;
            context.Response.Headers.ETag = "\"0x1\"";
            context.Response.Headers.LastModified = DateTimeOffset.UnixEpoch.ToString("R");
        }
    }

    static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
    }
}
