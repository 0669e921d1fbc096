using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Dashboard.Tests;

/// <summary>The built page under the Content-Security-Policy of the product, and an API that answers what a test says.</summary>
sealed class PageServer : IAsyncDisposable
{
    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    readonly ConcurrentQueue<string> requests = new();
    readonly WebApplication app;

    PageServer(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>What each path below api/ answers with.</summary>
    public ConcurrentDictionary<string, object> Answers { get; } = new(Canned.Answers());

    /// <summary>When set, every path below api/ fails with 503 and this text.</summary>
    public string? Error { get; set; }

    /// <summary>The API requests so far, each with its query.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    public static async Task<PageServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var server = new PageServer(builder.Build());
        server.app.Use(server.AnswerAsync);
        var files = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "dashboard"));
        server.app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        server.app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        await server.app.StartAsync();
        return server;
    }

    /// <summary>From here on, connections are refused.</summary>
    public Task StopAsync() => app.StopAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.Date = Canned.Now.ToString("R", null);
        if (!context.Request.Path.StartsWithSegments("/api", out var api))
        {
            await next(context);
            return;
        }

        requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        if (Error is { } error)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsJsonAsync(new { error }, context.RequestAborted);
        }
        else await context.Response.WriteAsJsonAsync(Answers[api.Value![1..]], JsonSerializerOptions.Web, context.RequestAborted);
    }
}
