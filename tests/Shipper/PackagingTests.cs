using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using LogMonitor.Shipper.Tests.Support;
using LogMonitor.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Shipper.Tests;

/// <summary>What is given out: packages that anybody can make again byte for byte, the archive with its installer, the manual, and the release's workflow.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class PackagingTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("build-deb.sh")]
    [InlineData("build-tarball.sh")]
    public async Task APackageIsTheSameWhoeverMakesItWhereverAndWhenever(string script)
    {
        Assert.SkipUnless(script != "build-deb.sh" || File.Exists("/usr/bin/dpkg-deb"), "dpkg-deb is not here: Debian packages are built on Debian and its kin.");
        var program = await ProgramAsync("1.0.0");
        Directory.CreateDirectory(folder["elsewhere"]);
        var here = await RunAsync("sh", "-c", $"cd / && umask 022 && TZ=UTC '{Repository.PathOf($"packaging/{script}")}' --version 1.0.0 --binary {program} --output {folder["a"]}");
        File.SetLastWriteTimeUtc(program, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        var there = await RunAsync("sh", "-c", $"cd {folder["elsewhere"]} && umask 077 && TMPDIR={folder["elsewhere"]} TZ=Asia/Tokyo LC_ALL=C.UTF-8 '{Repository.PathOf($"packaging/{script}")}' --version 1.0.0 --binary {program} --output ../b");
        Assert.Equal(Path.GetFileName(here.Trim()), Path.GetFileName(there.Trim()));
        Assert.Equal(await File.ReadAllBytesAsync(here.Trim(), none), await File.ReadAllBytesAsync(Path.Combine(folder["elsewhere"], there.Trim()), none));
    }

    [Fact]
    public async Task TheArchiveInstallsUpgradesAndRemovesItself()
    {
        var (first, second) = (await ArchiveAsync("1.0.0"), await ArchiveAsync("1.0.1"));
        var said = await InstallAsync(first);
        Assert.Contains("Name the destination in", said, StringComparison.Ordinal);
        Assert.Equal("1.0.0\n", await RunAsync(folder["root/opt/lm/bin/logmonitor-shipper"], "version"));
        Assert.Contains("ExecStart=/opt/lm/bin/logmonitor-shipper run --config", await File.ReadAllTextAsync(folder["root/etc/systemd/system/logmonitor-shipper.service"], none), StringComparison.Ordinal);
        Assert.DoesNotContain("/usr/bin/logmonitor-shipper", await File.ReadAllTextAsync(folder["root/etc/systemd/system/logmonitor-shipper.service"], none), StringComparison.Ordinal);
        Assert.Equal("755 640 700", string.Join(' ', (await RunAsync("stat", "--format=%a", folder["root/opt/lm/bin/logmonitor-shipper"], folder["root/etc/logmonitor/shipper.yml"], folder["root/var/lib/logmonitor-shipper"])).Split('\n', StringSplitOptions.RemoveEmptyEntries)));

        await File.WriteAllTextAsync(folder["root/etc/logmonitor/shipper.yml"], "mine", none);
        await File.WriteAllTextAsync(folder["root/var/lib/logmonitor-shipper/positions.json"], "{}", none);
        await InstallAsync(second);
        Assert.Equal("1.0.1\n", await RunAsync(folder["root/opt/lm/bin/logmonitor-shipper"], "version"));
        Assert.Equal("mine", await File.ReadAllTextAsync(folder["root/etc/logmonitor/shipper.yml"], none));
        Assert.Equal(await File.ReadAllTextAsync(Repository.PathOf("packaging/shipper.yml"), none), await File.ReadAllTextAsync(folder["root/etc/logmonitor/shipper.yml.new"], none));
        Assert.DoesNotContain(Directory.EnumerateFiles(folder["root"], "*", SearchOption.AllDirectories), file => Regex.IsMatch(file, @"\.new\.\d+$"));

        await InstallAsync(second, "--uninstall");
        Assert.Equal(["etc/logmonitor/shipper.yml", "etc/logmonitor/shipper.yml.new", "var/lib/logmonitor-shipper/positions.json"],
            Directory.EnumerateFiles(folder["root"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder["root"], file)).Order(StringComparer.Ordinal));
        await InstallAsync(second, "--uninstall", "--purge");
        Assert.Empty(Directory.EnumerateFiles(folder["root"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task AnInstallerThatCannotGoOnSaysWhy()
    {
        var archive = await ArchiveAsync("1.0.0");
        Assert.Equal((2, "install.sh: unknown argument '--force'; there are --prefix, --uninstall and --purge\n"), await TryAsync(Path.Combine(archive, "install.sh"), "--force"));
        Assert.Equal((2, "install.sh: --prefix is 'opt', but must be a path from /\n"), await TryAsync(Path.Combine(archive, "install.sh"), "--prefix", "opt"));
        // A program for other machines.
        await File.WriteAllTextAsync(Path.Combine(archive, "bin/logmonitor-shipper"), "\u007fELF", none);
        var (code, output) = await TryAsync("env", $"DESTDIR={folder["root"]}", Path.Combine(archive, "install.sh"));
        Assert.Equal(1, code);
        Assert.Matches(@"\Ainstall\.sh: .*/bin/logmonitor-shipper does not run here: this is \w+, with glibc of Debian 12's age or later\?", output);
        Assert.False(Directory.Exists(folder["root"]));
    }

    [Fact]
    public async Task TheManualHasEachCommandAndOption()
    {
        var manual = (await File.ReadAllTextAsync(Repository.PathOf("packaging/logmonitor-shipper.8"), none)).Replace("\\-", "-", StringComparison.Ordinal);
        foreach (var command in (string[][])[[], ["run"], ["validate"], ["status"]])
        {
            await using var program = ShipperProcess.Start(new Dictionary<string, string?>(), [.. command, "--help"]);
            Assert.Equal(0, await program.EndAsync());
            var options = Option().Matches(program.Output).Select(match => match.Groups[1].Value).ToList();
            Assert.NotEmpty(options);
            Assert.All(options, option => Assert.Matches($@"{Regex.Escape(option)}\b", manual));
            Assert.All(Named().Matches(program.Output.Split("Commands:").ElementAtOrDefault(1) ?? "").Select(match => match.Groups[1].Value), name => Assert.Contains($"\n.B {name}\n", manual, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task TheManualIsOneThatManTakes()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/man") && File.Exists("/usr/bin/groff"), "man-db and groff are not here.");
        Assert.Equal((0, ""), await TryAsync("sh", "-c", $"LC_ALL=C.UTF-8 MANROFFSEQ= man --warnings -E UTF-8 -l -Tutf8 -Z '{Repository.PathOf("packaging/logmonitor-shipper.8")}' 2>&1 >/dev/null"));
    }

    [Fact]
    public async Task NotesOfAReleaseAreItsPartOfTheChangelog()
    {
        Directory.CreateDirectory(folder["packaging"]);
        File.Copy(Repository.PathOf("packaging/release-notes.sh"), folder["packaging/release-notes.sh"]);
        await File.WriteAllTextAsync(folder["CHANGELOG.md"], "# Changelog\n\n## Unreleased\n\n- next\n\n## 1.2.3 (2026-11-23)\n\n### Added\n- this\n\n## 1.2.30\n\n- other\n", none);
        Assert.Equal((0, "### Added\n- this\n"), await TryAsync(folder["packaging/release-notes.sh"], "1.2.3"));
        var (code, output) = await TryAsync(folder["packaging/release-notes.sh"], "1.2");
        Assert.Equal(1, code);
        Assert.Contains("CHANGELOG.md has no section '## 1.2'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScriptsOfTheWorkflowsAreThereAndAreShell()
    {
        foreach (var workflow in Directory.EnumerateFiles(Repository.PathOf(".github/workflows"), "*.yml"))
        {
            var text = await File.ReadAllTextAsync(workflow, none);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            var jobs = (YamlMappingNode)stream.Documents[0].RootNode["jobs"];
            var known = jobs.Children.Keys.Select(key => key.ToString()).ToHashSet();
            foreach (var (name, job) in jobs)
            {
                var map = (YamlMappingNode)job;
                if (map.Children.TryGetValue("needs", out var needs)) Assert.Subset(known, (needs is YamlSequenceNode list ? list.Select(need => need.ToString()) : [needs.ToString()]).ToHashSet());
                foreach (var step in ((YamlSequenceNode)map["steps"]).Cast<YamlMappingNode>().Where(step => step.Children.ContainsKey("run")))
                {
                    var script = Expression().Replace(step["run"].ToString(), "x");
                    await File.WriteAllTextAsync(folder["step.sh"], script, none);
                    Assert.Equal((0, ""), await TryAsync("bash", "-n", folder["step.sh"]));
                    // Expressions in a script are where injections come from: values go by the environment.
                    Assert.DoesNotContain("${{", step["run"].ToString(), StringComparison.Ordinal);
                    foreach (var file in ScriptFile().Matches(script).Select(match => match.Value)) Assert.True(File.Exists(Repository.PathOf(file)) && File.GetUnixFileMode(Repository.PathOf(file)).HasFlag(UnixFileMode.UserExecute), $"{name}: {file}");
                }
            }
        }
        foreach (var script in Directory.EnumerateFiles(Repository.PathOf("packaging"), "*.sh")) Assert.Equal((0, ""), await TryAsync("sh", "-n", script));
    }

    /// <summary>An unpacked archive.</summary>
    async Task<string> ArchiveAsync(string version)
    {
        var archive = (await RunAsync(Repository.PathOf("packaging/build-tarball.sh"), "--version", version, "--binary", await ProgramAsync(version), "--output", folder["packages"])).Trim();
        await RunAsync("tar", "--extract", "--gzip", "--file", archive, "--directory", folder["packages"]);
        return folder[$"packages/logmonitor-shipper-{version}"];
    }

    Task<string> InstallAsync(string archive, params string[] arguments) => RunAsync("env", [$"DESTDIR={folder["root"]}", Path.Combine(archive, "install.sh"), "--prefix", "/opt/lm", .. arguments]);

    /// <summary>What stands for the program: what is in the packages does not matter to them.</summary>
    async Task<string> ProgramAsync(string version)
    {
        var path = folder[$"logmonitor-shipper-{version}"];
        await File.WriteAllTextAsync(path, $"#!/bin/sh\necho {version}\n", none);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
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
        var errors = process.StandardError.ReadToEndAsync(none);
        var output = await process.StandardOutput.ReadToEndAsync(none);
        await process.WaitForExitAsync(none);
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex(@"^  (?:-\S+, )*(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"^  ([a-z]+) ", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex(@"\$\{\{.*?\}\}")]
    private static partial Regex Expression();

    [GeneratedRegex(@"(?:packaging/[a-z-]+\.sh|\.ci/run)\b")]
    private static partial Regex ScriptFile();
}
