using LogMonitor.Functions;
using LogMonitor.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

await VaultReferences.ResolveEnvironmentAsync(Console.Error, CancellationToken.None);

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
try
{
    builder.Services.AddLogMonitor(builder.Configuration);
}
catch (InvalidOperationException e)
{
    return Stop([e.Message]);
}

var app = builder.Build();
try
{
    await app.Services.GetRequiredService<StorageSetup>().CreateAsync(CancellationToken.None);
}
catch (InvalidOperationException e)
{
    // The templates have made everything already: what is away now may be back when it is needed, and health says so until then.
    await Console.Error.WriteLineAsync(e.Message);
}
try
{
    // Not left to the host's start, which would print a stack trace first.
    app.Services.GetService<IStartupValidator>()?.Validate();
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException e)
{
    return Stop(e.Failures);
}

// A line for each setting: the host shows the worker's standard error, and a stack trace would hide it.
static int Stop(IEnumerable<string> problems)
{
    foreach (var problem in problems) Console.Error.WriteLine($"LogMonitor can't start. {problem}");
    return 1;
}
