namespace LogMonitor.Standalone.Commands;

/// <summary>Where one machine's LogMonitor keeps what is its own: Azurite and its data, the shipper's positions, mails without a server. One process at a time.</summary>
sealed class DataDirectory : IDisposable
{
    readonly FileStream @lock;

    DataDirectory(string path, FileStream @lock) => (Path, this.@lock) = (path, @lock);

    public string Path { get; }

    public string Azurite => System.IO.Path.Combine(Path, "azurite");

    public string Shipper => System.IO.Path.Combine(Path, "shipper");

    public string Mail => System.IO.Path.Combine(Path, "mail");

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
}
