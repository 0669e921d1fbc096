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
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunInAsync(Repository.PathOf("infra"), arguments);

    /// <summary>Compares what a file of parameters makes with what was recorded, or records it.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> SnapshotAsync(string folder, string parameters, string mode) =>
        RunInAsync(folder, "snapshot", parameters, "--mode", mode, "--subscription-id", $"{Guid.Empty}", "--tenant-id", $"{Guid.Empty}", "--location", "westeurope");

    /// <summary>What infra/main.bicep makes with other parameters, and why it refuses them.</summary>
    public static async Task<(IReadOnlyList<JsonElement> Resources, string Errors)> PredictAsync(string environment, params string[] parameters)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder["try.bicepparam"],
        [
            $"using '{Path.GetRelativePath(folder.Path, Repository.PathOf("infra/main.bicep"))}'",
            $"param environmentName = '{environment}'", "param location = 'westeurope'", "param mailTo = 'ops@example.org'", "param mailFrom = 'logmonitor@example.org'", .. parameters,
        ], TestContext.Current.CancellationToken);
        var (exit, _, errors) = await SnapshotAsync(folder.Path, "try.bicepparam", "overwrite");
        return exit == 0 ? (Read(folder["try.snapshot.json"]), errors) : ([], errors);
    }

    static async Task<(int ExitCode, string Output, string Errors)> RunInAsync(string folder, params string[] arguments)
    {
        // Packages carry no right to run.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // A machine without ICU has it, too.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>The resources that infra/main.bicep makes with the parameters of infra/main.test.bicepparam, and those of infra/events.bicep as they stand there.</summary>
    public static IReadOnlyList<JsonElement> Predicted { get; } = Read(Repository.PathOf("infra/main.test.snapshot.json"));

    /// <summary>The same with a network: infra/private.test.bicepparam.</summary>
    public static IReadOnlyList<JsonElement> Isolated { get; } = Read(Repository.PathOf("infra/private.test.snapshot.json"));

    public static IEnumerable<JsonElement> OfType(string type) => Predicted.OfType(type);

    public static IEnumerable<JsonElement> OfType(this IEnumerable<JsonElement> resources, string type) => resources.Where(resource => resource.GetProperty("type").GetString() == type);

    static IReadOnlyList<JsonElement> Read(string snapshot) => [.. JsonDocument.Parse(File.ReadAllText(snapshot)).RootElement.GetProperty("predictedResources").EnumerateArray()];

    public static string NameOf(JsonElement resource) => resource.GetProperty("name").GetString()!;

    /// <summary>The value at a path of properties; null where there is none.</summary>
    public static JsonElement? At(JsonElement resource, string path)
    {
        foreach (var name in path.Split('.'))
            if (resource.ValueKind != JsonValueKind.Object || !resource.TryGetProperty(name, out resource)) return null;
        return resource;
    }
}
