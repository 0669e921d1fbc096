namespace LogMonitor.Shipper;

/// <summary>Gives memory back to the machine when nothing was shipped for a while, and takes no more then: a shipper of quiet logs is to cost next to nothing.</summary>
sealed class IdleMemory(TimeProvider time)
{
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(40);

    /// <summary>Looking at thousands of files leaves garbage, which the runtime would let grow to as much as the processor caches.</summary>
    const long MaxGarbage = 1 << 20;

    long chunks = -1, since, allocated;
    bool isTrimmed;

    /// <summary>Call after each pass.</summary>
    public void Passed(Engine engine)
    {
        if (engine.Summary.Chunks != chunks)
        {
            (chunks, since, isTrimmed) = (engine.Summary.Chunks, time.GetTimestamp(), false);
            return;
        }
        if (time.GetElapsedTime(since) < Quiet || (isTrimmed && GC.GetTotalAllocatedBytes() - allocated < MaxGarbage)) return;
        if (!isTrimmed)
        {
            engine.Rest();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
        else
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
        (isTrimmed, allocated) = (true, GC.GetTotalAllocatedBytes());
    }
}
