using LogMonitor.Core.Pipeline;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(LogMonitor.Storage.Tests.AzuriteFixture))]

namespace LogMonitor.Storage.Tests;

/// <summary>One Azurite for all tests of the assembly, with our containers and tables; tests keep apart by host names.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    AzuriteProcess? azurite;
    ServiceProvider? services;

    public string ConnectionString => azurite!.ConnectionString;

    public T Get<T>() where T : notnull => services!.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        azurite = await AzuriteProcess.StartAsync();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [StorageOptions.Section] = ConnectionString }).Build();
        services = new ServiceCollection()
            .AddStorage(StorageOptions.Read(configuration), message => $"{message.Title}\n")
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new ArchiveOptions())
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider();
        await Get<StorageSetup>().CreateAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null) await services.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
    }
}
