using LogMonitor.Functions;
using LogMonitor.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

await VaultReferences.ResolveEnvironmentAsync(CancellationToken.None);

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddLogMonitor(builder.Configuration);

var app = builder.Build();
await app.Services.GetRequiredService<StorageSetup>().CreateAsync(CancellationToken.None);
await app.RunAsync();
