using System.Net;
using System.Text.Json;
using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;
using LogMonitor.Notifications.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LogMonitor.Notifications.Tests.Mail;

public sealed class SendGridChannelTests : IAsyncLifetime
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    SendGridServer server = null!;

    public async ValueTask InitializeAsync() => server = await SendGridServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task AMailIsAcceptedAndHoldsBothParts()
    {
        var sent = Assert.IsType<DeliveryResult.Sent>(await SendAsync());
        Assert.Equal("202 accepted, message 14c5d75ce93", sent.Detail);
        var request = Assert.Single(server.Requests);
        var text = MessageText.From(Some.Message());
        Assert.Equal(text.Subject.ToString(), request.GetProperty("subject").GetString());
        Assert.Equal([text.Plain, text.Html], request.GetProperty("content").EnumerateArray().Select(content => content.GetProperty("value").GetString()!));
        Assert.Equal("logmonitor@example.org", request.GetProperty("from").GetProperty("email").GetString());
        Assert.Equal("Ops day and night", request.GetProperty("personalizations")[0].GetProperty("to")[0].GetProperty("name").GetString());
        Assert.Equal("delivery-1", request.GetProperty("headers").GetProperty(MailIdentity.DeliveryHeader).GetString());
        Assert.Equal("logmonitor", request.GetProperty("categories")[0].GetString());
        Assert.False(request.GetProperty("mail_settings").GetProperty("sandbox_mode").GetProperty("enable").GetBoolean());
        Assert.False(request.GetProperty("tracking_settings").GetProperty("click_tracking").GetProperty("enable").GetBoolean());
    }

    [Fact]
    public async Task TheSandboxChecksAndDoesNotDeliver()
    {
        server.Answer = context => SendGridServer.Respond(context, HttpStatusCode.OK);
        var sent = Assert.IsType<DeliveryResult.Sent>(await Channel(sandbox: true).SendAsync(Some.Message(), "d", none));
        Assert.Equal("200, sandbox: checked, not delivered", sent.Detail);
        Assert.True(server.Requests[0].GetProperty("mail_settings").GetProperty("sandbox_mode").GetProperty("enable").GetBoolean());
    }

    [Fact]
    public async Task HostileContentIsAValidRequestWithoutAnInjectedHeader()
    {
        Assert.IsType<DeliveryResult.Sent>(await Channel().SendAsync(Some.Hostile(), "x\r\nBcc: victim@example.org", none));
        Assert.Equal([MailIdentity.AlertHeader, MailIdentity.DeliveryHeader, "In-Reply-To", "References", "Auto-Submitted"],
            server.Requests[0].GetProperty("headers").EnumerateObject().Select(header => header.Name));
    }

    [Theory]
    [InlineData(42, 42)]
    [InlineData(-10, 1)]
    [InlineData(100_000, 3600)]
    public async Task TooManyRequestsWaitsForTheReset(int resetAfterSeconds, int expectedSeconds)
    {
        server.Answer = context =>
        {
            context.Response.Headers["X-RateLimit-Reset"] = Some.Now.AddSeconds(resetAfterSeconds).ToUnixTimeSeconds().ToString(null, null);
            return SendGridServer.Respond(context, HttpStatusCode.TooManyRequests, "too many requests");
        };
        var retry = Assert.IsType<DeliveryResult.Retry>(await SendAsync());
        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), retry.After);
        Assert.Equal("SendGrid answered 429: too many requests (too many requests).", retry.Why);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("soon")]
    [InlineData("99999999999999999999999")]
    public async Task AResetThatIsMissingOrNoNumberLeavesTheWaitToTheOutbox(string? reset)
    {
        server.Answer = context =>
        {
            if (reset is not null) context.Response.Headers["X-RateLimit-Reset"] = reset;
            return SendGridServer.Respond(context, HttpStatusCode.TooManyRequests);
        };
        Assert.Null(Assert.IsType<DeliveryResult.Retry>(await SendAsync()).After);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "SendGrid answered 500 (oops).")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "SendGrid answered 503 (oops).")]
    [InlineData(HttpStatusCode.RequestTimeout, "SendGrid answered 408 (oops).")]
    public async Task TroubleOnTheirSideIsTriedAgain(HttpStatusCode status, string expected)
    {
        server.Answer = context => SendGridServer.Respond(context, status, "oops");
        Assert.Equal(new DeliveryResult.Retry(null, expected), await SendAsync());
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "SendGrid answered 400: it takes the request for wrong (why). Check Mail:From and Mail:To.")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "SendGrid answered 413: the mail is too large (why). Shorten Mail:To.")]
    [InlineData(HttpStatusCode.Redirect, "SendGrid answered 302, which it should not (why). Check SendGrid:Host.")]
    public async Task ARefusalIsDroppedWithWhatToDo(HttpStatusCode status, string expected)
    {
        server.Answer = context => SendGridServer.Respond(context, status, "why");
        Assert.Equal(new DeliveryResult.Drop(expected), await SendAsync());
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "SendGrid answered 401: it does not know the key (why). Check SendGrid:ApiKey, and SendGrid:Host for an account in the EU.")]
    [InlineData(HttpStatusCode.Forbidden, "SendGrid answered 403: the key or the sender is not allowed to (why). "
        + "Give the key the permission Mail Send, and verify the address in Mail:From as a sender.")]
    public async Task AWrongSettingIsWaitedForSoThatNoAlertIsLost(HttpStatusCode status, string expected)
    {
        server.Answer = context => SendGridServer.Respond(context, status, "why");
        Assert.Equal(new DeliveryResult.Retry(TimeSpan.FromMinutes(5), expected), await SendAsync());
    }

    [Fact]
    public async Task AWrongKeyIsSaidWithoutTheKey()
    {
        var retry = Assert.IsType<DeliveryResult.Retry>(await Channel(key: "SG.wrong").SendAsync(Some.Message(), "d", none));
        Assert.StartsWith("SendGrid answered 401: it does not know the key (The provided authorization grant is invalid, expired, or revoked).", retry.Why, StringComparison.Ordinal);
        Assert.DoesNotContain("SG.wrong", retry.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AKeyIsTriedWithoutAMail()
    {
        Assert.Null(await Channel().ProbeAsync(none));
        Assert.Equal("SendGrid answered 401: it does not know the key (authorization required). Check SendGrid:ApiKey, and SendGrid:Host for an account in the EU.", await Channel(key: "SG.expired").ProbeAsync(none));
        server.Scopes = ["templates.read"];
        Assert.Equal("SendGrid knows the key, which may not send mail. Give it the permission Mail Send.", await Channel().ProbeAsync(none));
        Assert.Empty(server.Requests);
        await server.DisposeAsync();
        Assert.StartsWith("SendGrid cannot be reached: ", await Channel().ProbeAsync(none), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReferenceToAVaultIsNotTakenForTheKey()
    {
        var channel = Channel(key: "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/sendgrid-key)");
        const string Problem = "The setting 'SendGrid__ApiKey' refers to a key vault that could not be read.";
        Assert.StartsWith(Problem, await channel.ProbeAsync(none), StringComparison.Ordinal);
        Assert.StartsWith(Problem, Assert.IsType<DeliveryResult.Retry>(await channel.SendAsync(Some.Message(), "d", none)).Why, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task WhatSendGridSaysIsOneHarmlessLineWithoutTheKey()
    {
        server.Answer = context => SendGridServer.Respond(context, HttpStatusCode.BadRequest, $"Bearer {SendGridServer.Key}\r\n\u001b[31mred", new string('x', 5000));
        var why = Assert.IsType<DeliveryResult.Drop>(await SendAsync()).Why;
        Assert.Contains(@"(Bearer [key] \x1b[31mred; xxx", why, StringComparison.Ordinal);
        Assert.InRange(why.Length, 100, 400);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("""{"errors":"none"}""")]
    [InlineData("""{"errors":[{"code":1}]}""")]
    [InlineData("""[]""")]
    public async Task AnErrorInAnotherFormIsStillAResult(string body)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = 502;
            return context.Response.WriteAsync(body);
        };
        Assert.Equal(new DeliveryResult.Retry(null, "SendGrid answered 502."), await SendAsync());
    }

    [Fact]
    public async Task AResetConnectionIsTriedAgain()
    {
        server.Answer = SendGridServer.Reset;
        Assert.StartsWith("SendGrid cannot be reached: ", Assert.IsType<DeliveryResult.Retry>(await SendAsync()).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASlowAnswerIsTriedAgainAndCancellationIsNotAResult()
    {
        server.Answer = SendGridServer.Hang;
        http.Timeout = TimeSpan.FromMilliseconds(300);
        Assert.Equal(new DeliveryResult.Retry(null, "SendGrid did not answer within 0.3 s."), await SendAsync());
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Channel().SendAsync(Some.Message(), "d", stopping.Token));
    }

    [Fact]
    public async Task NobodyAtTheAddressIsTriedAgain()
    {
        await server.DisposeAsync();
        Assert.Equal(new DeliveryResult.Retry(null, "SendGrid cannot be reached: nothing listens there (connection refused)."), await SendAsync());
    }

    [Fact]
    public void TheSchemaBites()
    {
        var broken = JsonDocument.Parse("""
            {"from":{"email":"x","name":"a;b"},"subject":"a\r\nb","personalizations":[{"to":[]}],"content":[{"type":"text/html","value":""}],
             "categories":["a","a"],"headers":{"Subject":"x"},"custom_args":{"n":1},"mail_settings":{"sandbox_mode":{"enable":"no"}},"extra":1}
            """).RootElement;
        Assert.Equal(12, SendGridSchema.ErrorsIn(broken).Count);
    }

    Task<DeliveryResult> SendAsync() => Channel().SendAsync(Some.Message(), "delivery-1", none);

    SendGridChannel Channel(bool sandbox = false, string key = SendGridServer.Key) => new(http,
        Options.Create(new SendGridOptions { ApiKey = key, Host = server.Address, Sandbox = sandbox }), Some.Mail(), Some.Clock());
}
