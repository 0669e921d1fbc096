using Azure.Storage.Blobs;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>One Azurite for all tests of this assembly; each takes a container of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    AzuriteProcess? azurite;

    public string ConnectionString => azurite?.ConnectionString ?? throw new InvalidOperationException("Azurite has not started.");

    public async ValueTask InitializeAsync() => azurite = await AzuriteProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null) await azurite.DisposeAsync();
    }

    /// <summary>A new, empty container.</summary>
    public async Task<BlobContainerClient> NewContainerAsync()
    {
        var container = new BlobContainerClient(ConnectionString, $"incoming-{Guid.NewGuid():n}");
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        return container;
    }
}
