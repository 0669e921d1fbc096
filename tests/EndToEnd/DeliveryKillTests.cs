using System.Collections.Concurrent;
using System.Text.Json;
using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace LogMonitor.EndToEnd.Tests;

/// <summary>The real program, killed with -9 while it delivers over HTTP: before a service has answered, and when it just has.</summary>
public class DeliveryKillTests
{
    static readonly string[] channels = ["/chat", "/hook", "/v2/enqueue"];

    [Fact]
    public async Task KilledBetweenAnyTwoStepsOfADeliveryItLosesNoneAndSaysWhichIsTheSame()
    {
        await using var server = await HookServer.StartAsync();
        await using var machine = new Machine(null, ("Mail__Folder", ""));
        var answered = new ConcurrentQueue<string>();
        // One for each channel, on the way and answered: six kills.
        var kills = new ConcurrentQueue<(string Channel, bool Answers)>(channels.SelectMany(channel => ((string, bool)[])[(channel, false), (channel, true)]));
        var arrived = new SemaphoreSlim(0);
        server.Answer = async context =>
        {
            var due = kills.ToArray().Where(kill => kill.Channel == context.Request.Path).Select(kill => (bool?)kill.Answers).FirstOrDefault();
            if (due is not false)
            {
                answered.Enqueue(context.Request.Path);
                await HookServer.Respond(context, context.Request.Path == "/v2/enqueue" ? StatusCodes.Status202Accepted : 200, context.Request.Path == "/chat" ? "ok" : "{}");
                await context.Response.CompleteAsync();
            }
            if (due is null) return;
            kills = new(kills.Where(kill => kill != (context.Request.Path.Value!, due.Value)));
            arrived.Release();
            // Until it is dead: what comes after an answer must not overtake the kill for nothing.
            if (due is false) await HookServer.Hang(context);
        };
        Directory.CreateDirectory(machine["rules"]);
        await File.WriteAllTextAsync(machine["rules/alerts.yml"], $$"""
            channels:
              hook: { type: webhook, url: "{{server.Address}}hook", secret: topsecret }
              chat: { type: slack, url: "{{server.Address}}chat" }
              pager: { type: pagerduty, key: 0123456789abcdef0123456789abcdef, host: "{{server.Address}}" }
            routes:
              - channels: [hook, chat, pager]
            """, TestContext.Current.CancellationToken);

        await machine.AppendAsync("access.log", Enumerable.Range(0, 6).Select(second => Lines.Access(second, 404)));
        await machine.StartAsync("access.log");
        for (var kill = 0; kill < 2 * channels.Length; kill++)
        {
            await machine.UntilAsync($"kill {kill + 1}", () => arrived.Wait(0));
            await machine.Program.KillAsync();
            await machine.StartAsync("access.log");
        }
        // Not when all have arrived: a message whose answer went down with the program comes once more.
        await machine.UntilAsync("every message is recorded as sent", async () => (await StatesAsync(machine)) is { Count: > 0 } states && states.All(state => state == "sent"));

        Assert.Empty(kills);
        // A repeated one is the same to those that can tell.
        Assert.Single(server.Requests.Where(request => request.Path == "/hook").Select(request => request.Headers["Idempotency-Key"]).Distinct());
        Assert.Single(server.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => JsonDocument.Parse(request.Body).RootElement.GetProperty("dedup_key").GetString()).Distinct());
        Assert.All(channels, channel => Assert.InRange(answered.Count(path => path == channel), 1, 2));
        var sent = answered.Count;
        await machine.UntilEvaluatedAsync();
        Assert.Equal(sent, answered.Count);
        Assert.Equal(0, await machine.StopAsync());
    }

    // Of all messages of all alerts.
    static async Task<IReadOnlyList<string>> StatesAsync(Machine machine)
    {
        var states = new List<string>();
        foreach (var alert in (await machine.Client.GetJsonAsync("api/alerts", CancellationToken.None)).EnumerateArray())
        {
            var details = await machine.Client.GetJsonAsync($"api/alerts/{alert.GetProperty("id").GetString()}", CancellationToken.None);
            states.AddRange(details.GetProperty("deliveries").EnumerateArray().Select(delivery => delivery.GetProperty("state").GetString()!));
        }
        return states;
    }
}
