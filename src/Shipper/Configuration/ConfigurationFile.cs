using LogMonitor.Core.Chunks;
using LogMonitor.Core.Parsing;
using LogMonitor.Shipper.Cutting;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Shipper.Configuration;

/// <summary>
/// The configuration file: YAML, and so JSON too. packaging/shipper.yml is one with every key explained. Read as nodes rather
/// than bound to objects: that needs no reflection, and each mistake has a place.
/// </summary>
static class ConfigurationFile
{
    const int MaxBytes = 1 << 20;

    /// <exception cref="ConfigurationException">It can't be read or used.</exception>
    public static ShipperConfiguration Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes }) throw new ConfigurationException([new(path, 1, 1, $"the file is longer than {MaxBytes >> 20} MiB: is it a configuration?")]);
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException([new(path, 1, 1, "there is no such file. Name the configuration with --config, or the log files with --log")]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new(path, 1, 1, $"the file can't be read: {error.Message}")]);
        }
        return Parse(path, text);
    }

    /// <exception cref="ConfigurationException">It can't be used.</exception>
    public static ShipperConfiguration Parse(string path, string text)
    {
        var problems = new ConfigurationProblems(path);
        var root = new ConfigurationSection(Load(text, problems), "", problems);
        problems.ThrowIfAny();

        var destination = DestinationReader.Read(root.Section("destination"));
        var chunks = root.Section("chunks");
        var options = new ShipperOptions
        {
            Host = root.Value("host", Host, StreamNames.HostOf(Environment.MachineName)),
            StateDirectory = root.Value("stateDirectory", FullPath, ShipperConfiguration.DefaultStateDirectory),
            Zone = root.Value("timezone", Zone, TimeZoneInfo.Local.Id),
            Files = ReadFiles(root, problems),
            MaxChunkBytes = chunks.Value("size", Units.Bytes(64 << 10, 64 << 20), 4 << 20),
            FlushInterval = chunks.Value("interval", Units.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), TimeSpan.FromSeconds(30)),
            Compression = chunks.Value("compression", Compression, ChunkCompression.Gzip),
            MaxHeldBytes = root.Value("maxHeldBytes", Units.LongBytes(0, 1L << 50), 1L << 30),
            IdleFlush = root.Value<TimeSpan?>("idleFlush", text => text == "never" ? null : Units.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))(text), null),
            Heartbeat = root.Value<TimeSpan?>("heartbeat", text => text == "none" ? null : Units.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromHours(1))(text), TimeSpan.FromMinutes(5)),
            Redaction = ReadRedaction(root.Section("redact")),
            PollInterval = root.Value("poll", Units.Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), TimeSpan.FromSeconds(1)),
        };
        var health = root.Section("health");
        var listen = health.Value("listen", Units.Endpoint, ShipperConfiguration.DefaultListen);

        chunks.RefuseOthers();
        health.RefuseOthers();
        root.RefuseOthers();
        problems.ThrowIfAny();
        return new ShipperConfiguration(options, destination!, listen);
    }

    static Redaction ReadRedaction(ConfigurationSection redact)
    {
        var names = redact.Texts("parameters");
        foreach (var name in names)
            if (!Redactor.IsName(name)) redact.Wrong("parameters", $"the parameter '{name}' can't be one; allowed are letters, digits, '_', '-', '.', '[' and ']', at most {Redactor.MaxName}");
        var redaction = new Redaction
        {
            Parameters = names is ["usual"] ? Redaction.UsualParameters : names,
            Addresses = redact.Value("addresses", Units.YesNo, false),
        };
        redact.RefuseOthers();
        return redaction;
    }

    static YamlMappingNode? Load(string text, ConfigurationProblems problems)
    {
        const string expected = "the file is a map with destination, files and more; packaging/shipper.yml shows all of it";
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode map }]) return map;
            if (stream.Documents is [var first, ..]) problems.Add(first.RootNode, stream.Documents.Count > 1 ? "the file has several documents ('---'); one is read" : expected);
            else problems.Add(1, 1, $"the file is empty; {expected}");
        }
        catch (YamlException error)
        {
            problems.Add(error.Start.Line, error.Start.Column, $"this is not YAML: {error.Message}");
        }
        return null;
    }

    static IReadOnlyList<FollowedPath> ReadFiles(ConfigurationSection root, ConfigurationProblems problems)
    {
        var nodes = root.List("files");
        if (nodes.Count == 0) root.Wrong("files", "'files' names no log file: it is a list of paths, or of maps with path, exclude, stream, format, timezone and labels");
        return [.. nodes.Select((node, index) => ReadFile(node, $"files[{index}].", problems)).OfType<FollowedPath>()];
    }

    static FollowedPath? ReadFile(YamlNode node, string name, ConfigurationProblems problems)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } path })
        {
            if (path[0] == '/') return new FollowedPath(path);
            problems.Add(node, $"'{name.TrimEnd('.')}' is '{ConfigurationProblems.Shown(path)}'; it must be an absolute path, such as /var/log/nginx/*.log");
            return null;
        }
        if (node is not YamlMappingNode map) return problems.Wrong<FollowedPath>(node, $"'{name.TrimEnd('.')}'", "a path, or a map with path");
        var file = new ConfigurationSection(map, name, problems);
        if (!file.Has("path")) file.Wrong("path", $"'{name}path' is missing: which log file, or pattern for several?");
        var read = new FollowedPath(file.Value("path", FullPath, ""), file.Value("stream", Stream, null), file.Value("format", Format, "auto"))
        {
            Exclude = file.Texts("exclude"),
            Zone = file.Value<string?>("timezone", Zone, null),
            Labels = Labels(file, problems),
        };
        file.RefuseOthers();
        return read;
    }

    static string Labels(ConfigurationSection file, ConfigurationProblems problems)
    {
        var labels = file.Pairs("labels");
        foreach (var (key, value) in labels)
            if (!ChunkMetadata.IsLabel(key.ToString(), value))
                problems.Add(key, $"the label '{key}' can't be used; a name has lower-case letters, digits and '_', at most 32, and begins with a letter; a value has at most 128 characters");
        if (labels.Count > ChunkMetadata.MaxLabels) file.Wrong("labels", $"{labels.Count} labels are too many; at most {ChunkMetadata.MaxLabels}");
        var text = ChunkMetadata.LabelsOf(labels.Select(label => KeyValuePair.Create(label.Key.ToString(), label.Value)));
        if (text.Length > ChunkMetadata.MaxLabelsLength) file.Wrong("labels", $"the labels are too long: percent-encoded {text.Length} characters; at most {ChunkMetadata.MaxLabelsLength}, since storage takes no more with each chunk");
        return text;
    }

    static string Host(string text) => ChunkId.IsHost(text) ? text
        : throw new FormatException("allowed are letters, digits, '.', '_' and '-', at most 253, beginning with a letter or digit");

    static string? Stream(string text) => ChunkId.IsStream(text) ? text
        : throw new FormatException("allowed are lower-case letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit");

    static ChunkCompression Compression(string text) => text switch
    {
        "gzip" => ChunkCompression.Gzip,
        "zstd" => ChunkCompression.Zstd,
        _ => throw new FormatException("allowed are gzip and zstd"),
    };

    static string FullPath(string text) => text[0] == '/' ? text : throw new FormatException("it must be an absolute path: it begins with '/'");

    static string Zone(string text) => TimeZoneInfo.TryFindSystemTimeZoneById(text, out _) ? text
        : throw new FormatException("no such time zone is known here: use a name such as UTC or Europe/Berlin; 'timedatectl list-timezones' lists them, and they are in the package tzdata");

    static string Format(string text)
    {
        // Its own message says what is allowed.
        _ = new LineParser(new ParserOptions { Format = text, ReferenceTime = DateTimeOffset.UnixEpoch });
        return text;
    }
}
