using LogMonitor.Standalone.Hosting;
using LogMonitor.Tests.Support;

namespace LogMonitor.Standalone.Tests.Hosting;

public sealed class HostJsonTests
{
    [Fact]
    public void TheFileThatShipsIsTheOneThatIsUsed()
    {
        var shipped = HostJson.Read(Repository.PathOf("host.json"));
        Assert.Equal(new HostJson(RoutePrefix: "", BlobParallelism: 4, PoisonBlobThreshold: 5), shipped);
        Assert.Equal(shipped, HostJson.Read(Path.Combine(AppContext.BaseDirectory, "host.json")));
    }

    [Fact]
    public void WhatAFileLeavesOutHasTheFunctionsHostsDefaults()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["host.json"], """{"version": "2.0"}""");
        Assert.Equal(new HostJson("api", 8 * Environment.ProcessorCount, 5), HostJson.Read(folder["host.json"]));
    }
}
