namespace LogMonitor.Shipper;

/// <summary>Gives memory back to the machine when nothing was shipped for a while: a shipper of quiet logs is to cost next to nothing.</summary>
sealed class IdleMemory(TimeProvider time)
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(40);

    long chunks = -1, since;
    bool isTrimmed;

    /// <summary>Call after each pass.</summary>
    public void Passed(Engine engine)
    {
        if (engine.Summary.Chunks != chunks) (chunks, since, isTrimmed) = (engine.Summary.Chunks, time.GetTimestamp(), false);
        else if (!isTrimmed && time.GetElapsedTime(since) >= Quiet)
        {
            engine.Rest();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            isTrimmed = true;
        }
    }
}
