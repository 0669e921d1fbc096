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
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return file;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (error is IOException && Holder(path) is { } process)
                throw new ShipperException($"Another shipper (process {process}) uses the state directory {stateDirectory}. Stop it, or give this one a state directory of its own.", error);
            throw new ShipperException($"The state directory {stateDirectory} can't be written: {error.Message} Name one that the shipper's user may write.", error);
        }
    }

    static string? Holder(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadLine() is { Length: > 0 } process ? process : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
