using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.EndToEnd.Tests;

public sealed class QuarantineTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task BadBlobsMoveAsideWithTheirReasonAreCountedAndHoldUpNothing()
    {
        var connectionString = azurite.TakeAccount();
        var account = new Account(connectionString);
        await using var machine = new Machine(connectionString);
        await machine.AppendAsync("access.log", Lines.Access(0, 200));
        await machine.StartAsync("access.log");
        await machine.UntilReportedAsync(1);

        var model = TestChunk.Of(Enumerable.Range(0, 50).Select(i => Lines.Access(i, 200)), "web2");
        var good = TestChunk.Of([Lines.Access(0, 200), Lines.Access(1, 200)], "web3");
        (string Name, byte[] Content, string Reason)[] bad =
        [
            (model.Name, [], "empty: no bytes"),
            (model.Name.Replace("/access/", "/notgzip/", StringComparison.Ordinal), "plain text\n"u8.ToArray(), "not gzip"),
            (model.Name.Replace("/access/", "/truncated/", StringComparison.Ordinal), model.Content[..^12], "truncated"),
            ("notes/todo.txt", model.Content, "not a chunk's name"),
        ];
        foreach (var (name, content, _) in bad) await account.WriteAsync("incoming", name, content);
        await account.WriteAsync("incoming", good.Name, good.Content);

        await machine.UntilAsync("all of them in the reports", async () => await machine.TotalsAsync() is { Quarantined: 4, Lines: >= 3 });

        foreach (var (name, content, reason) in bad)
        {
            Assert.Equal(content, await account.ReadAsync("quarantine", name));
            var beside = await account.ReadTextAsync("quarantine", name + ".reason.txt");
            Assert.StartsWith(name + "\n", beside, StringComparison.Ordinal);
            Assert.Contains(reason, beside, StringComparison.Ordinal);
        }
        var incoming = await account.NamesAsync("incoming");
        Assert.Equal(2, incoming.Count);
        Assert.Contains(good.Name, incoming);

        var problems = (await machine.Client.GetJsonAsync("api/reports?take=500", TestContext.Current.CancellationToken)).EnumerateArray()
            .SelectMany(report => report.GetProperty("problems").EnumerateArray()).Select(problem => problem.GetString()!).ToList();
        foreach (var (name, _, reason) in bad) Assert.Single(problems, problem => problem.StartsWith(name + ": ", StringComparison.Ordinal) && problem.Contains(reason, StringComparison.Ordinal));

        await machine.AppendAsync("access.log", Lines.Access(1, 200));
        Assert.Equal(new Totals(Lines: 4, Access: 4, Error: 0, Unknown: 0, Quarantined: 4), await machine.UntilReportedAsync(4));
    }
}
