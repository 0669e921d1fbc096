namespace LogMonitor.Standalone.Scan;

/// <summary>The files of a scan. All are looked at before the first is scanned: a name that is wrong is found before an hour has gone into the others.</summary>
sealed class ScanInputs : IDisposable
{
    readonly IReadOnlyList<string> files;
    readonly TimeProvider time;
    // Those that can be opened only once, such as the pipes of a shell's <(…).
    readonly Dictionary<int, ScanInput> open = [];

    ScanInputs(IReadOnlyList<string> files, TimeProvider time) => (this.files, this.time) = (files, time);

    /// <exception cref="UserErrorException">One can't be read, or not decompressed.</exception>
    public static ScanInputs Check(IReadOnlyList<string> files, TimeProvider time)
    {
        var inputs = new ScanInputs(files, time);
        try
        {
            for (var i = 0; i < files.Count; i++) inputs.Check(i);
            return inputs;
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    /// <summary>Opens one, which the caller owns; each once.</summary>
    /// <exception cref="UserErrorException">It can't be read any more.</exception>
    public ScanInput Open(int index) => open.Remove(index, out var input) ? input : ScanInput.Open(files[index], time);

    public void Dispose()
    {
        foreach (var input in open.Values) input.Dispose();
    }

    void Check(int index)
    {
        if (files[index] == ScanInput.Standard) return; // the terminal of somebody who types is not asked before its turn
        var input = ScanInput.Open(files[index], time);
        if (input.IsReopenable) input.Dispose();
        else open.Add(index, input);
    }
}
