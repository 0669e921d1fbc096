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
        services = await CreateAsync(ConnectionString);
    }

    /// <summary>Stores on an account of one's own.</summary>
    public Task<ServiceProvider> TakeAccountAsync() => TakeAccountAsync(out _);

    /// <summary>The same, and how to reach it.</summary>
    public Task<ServiceProvider> TakeAccountAsync(out string connectionString) => CreateAsync(connectionString = azurite!.TakeAccount());

    static async Task<ServiceProvider> CreateAsync(string connectionString)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [StorageOptions.Section] = connectionString }).Build();
        var storage = StorageOptions.Read(configuration);
        var services = new ServiceCollection()
            .AddStorage(storage, message => $"{message.Title}\n")
            .AddSingleton(storage.Tables)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new ArchiveOptions())
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .BuildServiceProvider();
        await services.GetRequiredService<StorageSetup>().CreateAsync(CancellationToken.None);
        return services;
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null) await services.DisposeAsync();
        if (azurite is not null) await azurite.DisposeAsync();
    }
}
