using System.Globalization;

namespace LogMonitor.Shipper.State;

/// <summary>Two shippers with one state would each ship every line. The lock goes with the process, however that ends.</summary>
static class InstanceLock
{
    /// <summary>Creates the directory if it is missing and locks it until the result is disposed.</summary>
    /// <exception cref="ShipperException">Another shipper has it, or it can't be written.</exception>
    public static IDisposable Take(string stateDirectory)
    {
        var path = Path.Join(stateDirectory, "lock");
        try
        {
            Directory.CreateDirectory(stateDirectory);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Beside it: a locked file can't be read by the one that is refused.
            File.WriteAllText(Holder(stateDirectory), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (IsLocked(path))
                throw new ShipperException($"Another shipper (process {ReadHolder(stateDirectory)}) uses the state directory {stateDirectory}. Stop it, or give this one a state directory of its own.", error);
            throw new ShipperException($"The state directory {stateDirectory} can't be written: {error.Message} Name one that the shipper's user may write.", error);
        }
    }

    static string Holder(string stateDirectory) => Path.Join(stateDirectory, "lock.pid");

    static bool IsLocked(string path)
    {
        try
        {
            if (File.Exists(path)) File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    static string ReadHolder(string stateDirectory)
    {
        try { return File.ReadAllText(Holder(stateDirectory)); }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { return "unknown"; }
    }
}
