using System.ComponentModel;
using System.Diagnostics;

namespace LogMonitor.Standalone.Azurite;

/// <summary>Azurite's npm package, pinned.</summary>
static class AzuriteInstallation
{
    /// <summary>Names a folder <c>node_modules</c> with Azurite in it, for machines that can't reach npm.</summary>
    const string OverrideVariable = "LOGMONITOR_AZURITE_MODULES";

    static string Pinned(string file) => Path.Combine(AppContext.BaseDirectory, "Azurite", file);

    /// <summary>The folder <c>node_modules</c>, installed into a directory when it isn't there at the pinned version.</summary>
    public static async Task<string> EnsureAsync(string directory, Action<string> say, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(OverrideVariable) is { Length: > 0 } given)
            return File.Exists(Path.Combine(given, "azurite", "package.json")) ? given
                : throw new UserErrorException($"{OverrideVariable} is '{given}', but there is no azurite in it.");

        Directory.CreateDirectory(directory);
        var modules = Path.Combine(directory, "node_modules");
        var installed = Path.Combine(modules, "installed-package-lock.json");
        if (File.Exists(installed) && await SameAsync(installed, Pinned("package-lock.json"), cancellationToken)) return modules;

        say("Installing Azurite, the storage emulator, from npm (once; half a minute or so)…");
        foreach (var file in (string[])["package.json", "package-lock.json", ".npmrc"]) File.Copy(Pinned(file), Path.Combine(directory, file), overwrite: true);
        using var npm = Run("npm", directory, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
        npm.StandardInput.Close();
        var output = npm.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = npm.StandardError.ReadToEndAsync(cancellationToken);
        await npm.WaitForExitAsync(cancellationToken);
        if (npm.ExitCode != 0)
            throw new UserErrorException($"npm could not install Azurite into {directory}. It said:\n{(await errors + await output).Trim()}\nMend that, or name a storage account with --storage or LogStorage.");
        File.Copy(Pinned("package-lock.json"), installed, overwrite: true);
        return modules;
    }

    /// <summary>Starts a program of Node.js with its pipes to us.</summary>
    public static Process Run(string program, string directory, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = directory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            throw new UserErrorException($"The program '{program}' was not found. Azurite needs Node.js 20 or later: install it (Debian: apt install nodejs npm), or name a storage account with --storage or LogStorage.");
        }
    }

    static async Task<bool> SameAsync(string a, string b, CancellationToken cancellationToken) =>
        await File.ReadAllTextAsync(a, cancellationToken) == await File.ReadAllTextAsync(b, cancellationToken);
}
