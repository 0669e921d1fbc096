using LogMonitor.EndToEnd.Tests.Support;
using LogMonitor.Tests.Support;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace LogMonitor.EndToEnd.Tests.Support;

/// <summary>One Azurite for all tests of this assembly; each takes an account of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    AzuriteProcess? azurite;

    /// <summary>The connection string of an empty account.</summary>
    public string TakeAccount() => azurite!.TakeAccount();

    public async ValueTask InitializeAsync() => azurite = await AzuriteProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null) await azurite.DisposeAsync();
    }
}
