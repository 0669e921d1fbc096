using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace LogMonitor.Notifications.Tests.Support;

/// <summary>
/// An HTTP server on the loopback that takes the place of SendGrid: checks each request as the v3 API is documented to,
/// answers 400 with what is wrong, or else as the test asks.
/// </summary>
sealed class SendGridServer : IAsyncDisposable
{
    public const string Key = "SG.test-key.0123456789";

    readonly WebApplication app;

    SendGridServer(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public List<JsonElement> Requests { get; } = [];

    /// <summary>Answers a valid request.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => Respond(context, HttpStatusCode.Accepted);

    /// <summary>What the key may.</summary>
    public string[] Scopes { get; set; } = ["mail.send", "sender_verification_eligible"];

    public static async Task<SendGridServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new SendGridServer(builder.Build());
        server.app.MapPost("/v3/mail/send", server.HandleAsync);
        server.app.MapGet("/v3/scopes", server.AnswerScopesAsync);
        await server.app.StartAsync();
        server.Address = new(server.app.Urls.Single());
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    public static async Task Respond(HttpContext context, HttpStatusCode status, params string[] errors)
    {
        context.Response.StatusCode = (int)status;
        if (status == HttpStatusCode.Accepted) context.Response.Headers["X-Message-Id"] = "14c5d75ce93";
        if (errors.Length > 0)
            await context.Response.WriteAsJsonAsync(new { errors = errors.Select(message => new { message, field = (string?)null, help = (string?)null }) });
    }

    public static Task Reset(HttpContext context)
    {
        context.Features.Get<IHttpRequestLifetimeFeature>()!.Abort();
        return Task.CompletedTask;
    }

    public static Task Hang(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    Task AnswerScopesAsync(HttpContext context) => context.Request.Headers.Authorization == $"Bearer {Key}"
        ? context.Response.WriteAsJsonAsync(new { scopes = Scopes })
        : Respond(context, HttpStatusCode.Unauthorized, "authorization required");

    async Task HandleAsync(HttpContext context)
    {
        using var json = await JsonDocument.ParseAsync(context.Request.Body);
        var request = json.RootElement.Clone();
        if (context.Request.Headers.Authorization != $"Bearer {Key}") await Respond(context, HttpStatusCode.Unauthorized, "The provided authorization grant is invalid, expired, or revoked");
        else if (SendGridSchema.ErrorsIn(request) is { Count: > 0 } errors) await Respond(context, HttpStatusCode.BadRequest, [.. errors]);
        else
        {
            Requests.Add(request);
            await Answer(context);
        }
    }
}
