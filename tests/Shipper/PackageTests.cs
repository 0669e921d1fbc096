using System.Diagnostics;
using System.Globalization;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;

namespace LogMonitor.Shipper.Tests;

/// <summary>
/// The Debian package's life in a root of its own: installed, started as its user, upgraded, removed, installed again, purged. The program in it is the one that the
/// tests were built with, or the one that LOGMONITOR_SHIPPER_BINARY names (a Native AOT build, say).
/// </summary>
public sealed class PackageTests(AzuriteFixture azurite) : IDisposable
{
    const string User = "logmonitor-shipper";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ItIsInstalledStartedUpgradedRemovedAndPurged()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/dpkg-deb"), "dpkg-deb is not here: Debian packages are built on Debian and its kin.");
        Assert.SkipUnless(Environment.UserName == "root", "Only root may install into a root of its own and run the program as the package's user.");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv (util-linux) is not here, to run the program as the package's user.");
        var container = await azurite.NewContainerAsync();
        await MakeRootAsync();
        var (first, second) = (await BuildAsync("1.0.0"), await BuildAsync("1.0.1"));

        var said = await DpkgAsync("--install", first);
        Assert.Contains("name the destination in /etc/logmonitor/shipper.yml", said, StringComparison.Ordinal);
        var (uid, gid) = (Number("passwd"), Number("group"));
        Assert.Contains($"adm:x:4:{User}", await LinesAsync("etc/group"));
        Assert.DoesNotContain(await LinesAsync("etc/passwd"), line => line.StartsWith(User, StringComparison.Ordinal) && !line.EndsWith("/usr/sbin/nologin", StringComparison.Ordinal));
        Assert.Equal($"{uid}:{gid} 700", await OwnerAsync("var/lib/logmonitor-shipper"));
        Assert.Equal($"0:{gid} 640", await OwnerAsync("etc/logmonitor/shipper.yml"));

        await WriteAsync("etc/logmonitor/shipper.yml", Configuration(container.Name));
        await WriteAsync("var/log/access.log", "one\n");
        // As on Debian: the group adm may read, others may not.
        await RunAsync("chown", "0:4", folder["var/log/access.log"]);
        await RunAsync("chmod", "0640", folder["var/log/access.log"]);
        await ShipAsync(uid, gid);
        Assert.Equal("one\n", await ServiceTests.TextAsync(container));

        await DpkgAsync("--install", second);
        Assert.Equal(Configuration(container.Name), await File.ReadAllTextAsync(folder["etc/logmonitor/shipper.yml"], TestContext.Current.CancellationToken));
        Assert.Equal($"0:{gid} 640", await OwnerAsync("etc/logmonitor/shipper.yml"));
        await File.AppendAllTextAsync(folder["var/log/access.log"], "two\n", TestContext.Current.CancellationToken);
        await ShipAsync(uid, gid);
        Assert.Equal("one\ntwo\n", await ServiceTests.TextAsync(container));

        await DpkgAsync("--remove", User);
        Assert.False(File.Exists(folder["usr/bin/logmonitor-shipper"]));
        Assert.True(File.Exists(folder["etc/logmonitor/shipper.yml"]));
        Assert.NotEmpty(Directory.GetFiles(folder["var/lib/logmonitor-shipper"], "*.json"));

        await DpkgAsync("--install", second);
        Assert.Equal((uid, gid), (Number("passwd"), Number("group")));
        await File.AppendAllTextAsync(folder["var/log/access.log"], "three\n", TestContext.Current.CancellationToken);
        await ShipAsync(uid, gid);
        Assert.Equal("one\ntwo\nthree\n", await ServiceTests.TextAsync(container));

        await DpkgAsync("--purge", User);
        Assert.False(Directory.Exists(folder["etc/logmonitor"]));
        Assert.False(Directory.Exists(folder["var/lib/logmonitor-shipper"]));
        Assert.True(File.Exists(folder["var/log/access.log"]));
    }

    [Fact]
    public async Task TheUnitIsOneThatSystemdTakesAndLittleIsOpen()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not here.");
        // It looks for the program at the place that the unit names.
        var unit = (await File.ReadAllTextAsync(Repository.PathOf("packaging/logmonitor-shipper.service"), TestContext.Current.CancellationToken))
            .Replace("/usr/bin/logmonitor-shipper", "/usr/bin/env", StringComparison.Ordinal);
        await WriteAsync("logmonitor-shipper.service", unit);

        Assert.Equal("", (await TryAsync("systemd-analyze", "verify", "--man=no", folder["logmonitor-shipper.service"])).Output.Trim());
        var exposure = await TryAsync("systemd-analyze", "security", "--offline=true", "--threshold=20", folder["logmonitor-shipper.service"]);
        Assert.SkipWhen(exposure.Output.Contains("unrecognized option", StringComparison.Ordinal), "This systemd-analyze looks at running units only.");
        Assert.True(exposure.ExitCode == 0, exposure.Output);
    }

    /// <summary>As much of a Debian as the package's scripts touch.</summary>
    async Task MakeRootAsync()
    {
        foreach (var directory in (string[])["etc", "var/log", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "usr/bin", "tmp"]) Directory.CreateDirectory(folder[directory]);
        await WriteAsync("var/lib/dpkg/status", "");
        await WriteAsync("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        await WriteAsync("etc/group", "root:x:0:\nadm:x:4:\n");
        await WriteAsync("etc/shadow", "root:*:20000:0:99999:7:::\n");
        await WriteAsync("etc/gshadow", "root:*::\nadm:*::\n");
        // The package's user must get to it.
        await RunAsync("chmod", "0755", folder.Path);
    }

    async Task<string> BuildAsync(string version)
    {
        var binary = Environment.GetEnvironmentVariable("LOGMONITOR_SHIPPER_BINARY");
        if (binary is null)
        {
            var tests = Path.Join(AppContext.BaseDirectory, "LogMonitor.Shipper.Tests");
            binary = folder["logmonitor-shipper"];
            await WriteAsync("logmonitor-shipper", $"#!/bin/sh\nexec dotnet exec --runtimeconfig {tests}.runtimeconfig.json --depsfile {tests}.deps.json {AppContext.BaseDirectory}/logmonitor-shipper.dll \"$@\"\n");
        }
        var output = await RunAsync(Repository.PathOf("packaging/build-deb.sh"), "--version", version, "--binary", binary, "--output", folder["packages"]);
        return output.Trim();
    }

    // Not in a chroot, which would need a whole system: the scripts take DPKG_ROOT.
    Task<string> DpkgAsync(string action, string package) =>
        RunAsync("dpkg", $"--root={folder.Path}", "--force-script-chrootless", "--force-depends", "--force-confold", action, package);

    async Task ShipAsync(string uid, string gid)
    {
        var result = await TryAsync(
            "setpriv", $"--reuid={uid}", $"--regid={gid}", "--groups=4", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all",
            "env", $"TEST_STORAGE={azurite.ConnectionString}", $"HOME={folder["tmp"]}", "DOTNET_EnableDiagnostics=0",
            folder["usr/bin/logmonitor-shipper"], "run", "--once", "--config", folder["etc/logmonitor/shipper.yml"]);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    string Configuration(string container) => $"""
        destination:
          credential: connection-string
          secretEnvironment: TEST_STORAGE
          container: {container}
        host: web1
        stateDirectory: {folder["var/lib/logmonitor-shipper"]}
        files: [ '{folder["var/log/access.log"]}' ]

        """;

    string Number(string database) => File.ReadLines(folder[$"etc/{database}"]).Single(line => line.StartsWith($"{User}:", StringComparison.Ordinal)).Split(':')[2];

    Task<string[]> LinesAsync(string path) => File.ReadAllLinesAsync(folder[path], TestContext.Current.CancellationToken);

    async Task<string> OwnerAsync(string path) => (await RunAsync("stat", "--format=%u:%g %a", folder[path])).Trim();

    async Task WriteAsync(string path, string text)
    {
        // The file is not made anew: what it belongs to stays.
        await using var file = new FileStream(folder[path], FileMode.OpenOrCreate, FileAccess.Write);
        file.SetLength(0);
        await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
    }

    static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (exitCode, output) = await TryAsync(program, arguments);
        Assert.True(exitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {exitCode}: {output}"));
        return output;
    }

    static async Task<(int ExitCode, string Output)> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await errors);
    }
}
