using System.Security.Cryptography;
using System.Text;
using LogMonitor.Core.Alerting;

namespace LogMonitor.Standalone.Commands;

/// <summary>Where one machine's LogMonitor keeps what is its own: Azurite and its data, the shipper's positions, mails without a server. One process at a time.</summary>
sealed class DataDirectory : IDisposable
{
    readonly FileStream @lock;

    DataDirectory(string path, FileStream @lock) => (Path, this.@lock) = (path, @lock);

    DataPaths Paths => new(Path);

    public string Path { get; }

    public string Azurite => Paths.Azurite;

    public string Shipper => Paths.Shipper;

    public string Mail => Paths.Mail;

    /// <summary>The key of links in notifications; made at the first start.</summary>
    public string LinkKey
    {
        get
        {
            var path = System.IO.Path.Combine(Path, "link-key");
            if (!File.Exists(path) || File.ReadAllText(path).Length < AcknowledgeLinks.MinKeyLength)
            {
                var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using var file = new FileStream(path, options);
                file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true)));
            }
            return File.ReadAllText(path);
        }
    }

    /// <summary>Says where Azurite is, until it is disposed.</summary>
    public IDisposable Announce(string connectionString) => new Announcement(Paths.AzuriteAddress, connectionString);

    /// <summary>The user's rules; made with a word on what goes there.</summary>
    public string Rules
    {
        get
        {
            var path = Paths.Rules;
            if (!Directory.Exists(path))
            {
                Directory.CreateDirectory(path);
                File.WriteAllText(System.IO.Path.Combine(path, "README.txt"), RulesReadme);
            }
            return path;
        }
    }

    const string RulesReadme = """
        Your rules go here, in files named *.yml. They are live some seconds later, without a restart.

        LogMonitor's own rules run as well. To change one, write overrides.yml here, such as

            overrides:
              - rule: http_404_burst
                threshold: 20

        Who is told of which alerts stands in alerts.yml here, such as

            routes:
              - match: {levelFrom: high}
                repeat: 1h

        'logmonitor rules list' says which rules there are, 'logmonitor rules check DIR' whether yours are right.
        docs/rules.md and docs/alerts.md have the rest.

        """;

    /// <exception cref="UserErrorException">It can't be created or written, or another process has it.</exception>
    public static DataDirectory Open(string path)
    {
        try
        {
            path = Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The data directory '{path}' can't be created: {e.Message} Choose another with --data.");
        }
        try
        {
            return new DataDirectory(path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            throw new UserErrorException($"The data directory '{path}' can't be written by this user. Mend its permissions, or choose another with --data.");
        }
        catch (IOException)
        {
            throw new UserErrorException($"Another logmonitor is running on the data directory '{path}'. Stop it, or choose another with --data.");
        }
    }

    public void Dispose() => @lock.Dispose();

    sealed class Announcement : IDisposable
    {
        readonly string file;

        public Announcement(string file, string text)
        {
            this.file = file;
            File.WriteAllText(file, text);
        }

        public void Dispose() => File.Delete(file);
    }
}

/// <summary>What is where in a data directory.</summary>
readonly record struct DataPaths(string Path)
{
    public string Azurite => System.IO.Path.Combine(Path, "azurite");

    /// <summary>While Azurite runs: its connection string. Its key is known to all.</summary>
    public string AzuriteAddress => System.IO.Path.Combine(Azurite, "address");

    public string Shipper => System.IO.Path.Combine(Path, "shipper");

    public string Mail => System.IO.Path.Combine(Path, "mail");

    public string Rules => System.IO.Path.Combine(Path, "rules");
}
