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

    readonly ConcurrentQueue<string> requests = new(), posts = new();
    readonly WebApplication app;

    PageServer(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>What each path below api/ answers with.</summary>
    public ConcurrentDictionary<string, object> Answers { get; } = new(Canned.Answers());

    /// <summary>The status of api/health; where it is not 200, its answer stays.</summary>
    public int HealthStatus { get; set; } = StatusCodes.Status200OK;

    /// <summary>What api/health waits for before it answers.</summary>
    public Task HealthIsKnown { get; set; } = Task.CompletedTask;

    /// <summary>When set, every path below api/ fails with 503 and this text.</summary>
    public string? Error { get; set; }

    /// <summary>The API requests so far, each with its query.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    /// <summary>What was asked to be changed: path and body.</summary>
    public IReadOnlyCollection<string> Posts => posts;

    /// <summary>What a change at this path below api/ does before it is answered.</summary>
    public void OnPost(string path, Action change)
    {
        Answers[path] = new { };
        Answers[$"after {path}"] = change;
    }

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
        if (HttpMethods.IsPost(context.Request.Method)) await TakeAsync(context.Request);
        if (Error is { } error)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsJsonAsync(new { error }, context.RequestAborted);
        }
        else if (api == "/health" && Answers.TryGetValue("health", out var health))
        {
            await HealthIsKnown;
            context.Response.StatusCode = HealthStatus;
            await context.Response.WriteAsJsonAsync(health, JsonSerializerOptions.Web, context.RequestAborted);
        }
        else if (Answers.TryGetValue(api.Value![1..], out var answer)) await context.Response.WriteAsJsonAsync(answer, JsonSerializerOptions.Web, context.RequestAborted);
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsJsonAsync(new { error = "There is nothing of that name." }, context.RequestAborted);
        }
    }

    /// <summary>As the product does: what is no request of our own page is a fault of the page.</summary>
    async Task TakeAsync(HttpRequest request)
    {
        using var body = new StreamReader(request.Body);
        var isOwn = request.ContentType == "application/json" && request.Headers["Sec-Fetch-Site"] == "same-origin" && request.Headers.Origin == Address.GetLeftPart(UriPartial.Authority);
        posts.Enqueue($"{(isOwn ? "" : "not our own: ")}{request.Path} {await body.ReadToEndAsync(request.HttpContext.RequestAborted)}");
        if (Answers.TryGetValue($"after {request.Path.Value!["/api/".Length..]}", out var change)) ((Action)change)();
    }
}
