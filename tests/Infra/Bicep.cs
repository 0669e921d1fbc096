using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using LogMonitor.Tests.Support;

namespace LogMonitor.Infra.Tests;

/// <summary>The compiler of the templates.</summary>
static class Bicep
{
    static readonly string program = typeof(Bicep).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Bicep").Value!;

    /// <summary>Runs it in infra/; what it printed on both streams.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        // Packages carry no right to run.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository.PathOf("infra"), RedirectStandardOutput = true, RedirectStandardError = true };
        // A machine without ICU has it, too.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>The resources that infra/main.bicep makes with the parameters of infra/main.test.bicepparam, and those of infra/events.bicep as they stand there.</summary>
    public static IReadOnlyList<JsonElement> Predicted { get; } =
        [.. JsonDocument.Parse(File.ReadAllText(Repository.PathOf("infra/main.test.snapshot.json"))).RootElement.GetProperty("predictedResources").EnumerateArray()];

    public static IEnumerable<JsonElement> OfType(string type) => Predicted.Where(resource => resource.GetProperty("type").GetString() == type);

    public static string NameOf(JsonElement resource) => resource.GetProperty("name").GetString()!;

    /// <summary>The value at a path of properties; null where there is none.</summary>
    public static JsonElement? At(JsonElement resource, string path)
    {
        foreach (var name in path.Split('.'))
            if (resource.ValueKind != JsonValueKind.Object || !resource.TryGetProperty(name, out resource)) return null;
        return resource;
    }
}
