namespace LogMonitor.Standalone.Hosts;

/// <summary>The files for a new host, for nobody else to read.</summary>
static class HostFiles
{
    public const string Configuration = "shipper.yml";
    public const string Secret = "secret";

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="secret">A credential; null for none.</param>
    /// <exception cref="UserErrorException">A file is there already, or can't be written.</exception>
    public static async Task WriteAsync(string folder, string configuration, string? secret, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            await WriteAsync(Path.Combine(folder, Configuration), configuration, cancellationToken);
            if (secret is not null) await WriteAsync(Path.Combine(folder, Secret), secret + "\n", cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The files for the host can't be written into '{folder}': {e.Message} Name another place with --output.");
        }
    }

    static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteAsync(text.AsMemory(), cancellationToken);
    }
}
