using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>
/// Says when something in directories changes: a file in them is written to, made, renamed or deleted. Each directory says so once and must be armed
/// again, so that a log with thousands of lines a second costs no more than a quiet one.
/// </summary>
/// <remarks>inotify(7), with IN_ONESHOT. What the kernel does not tell (network file systems; directories beyond the limit) is found by looking.</remarks>
sealed partial class DirectoryWatch : IDisposable
{
    const int CloseOnExec = 0x80000, NonBlocking = 0x800;
    const uint Modified = 0x2, Attributes = 0x4, MovedFrom = 0x40, MovedTo = 0x80, Created = 0x100, Deleted = 0x200;
    const uint OnlyDirectory = 0x01000000, OneShot = 0x80000000;
    const uint Ignored = 0x8000;
    const int HeaderSize = 16;
    const short Readable = 1;

    readonly SafeFileHandle events, wake;
    readonly Lock gate = new();
    readonly Dictionary<int, string> armed = [];
    readonly HashSet<string> armedPaths = [];
    TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    DirectoryWatch(SafeFileHandle events, SafeFileHandle wake)
    {
        (this.events, this.wake) = (events, wake);
        new Thread(Listen, maxStackSize: 128 << 10) { IsBackground = true, Name = "inotify" }.Start();
    }

    /// <summary>Completes when something has changed since the last <see cref="Arm"/>.</summary>
    public Task Changed { get { lock (gate) return changed.Task; } }

    /// <summary>Null where the kernel offers no more of them; <paramref name="why"/> says why.</summary>
    public static DirectoryWatch? TryCreate(out string why)
    {
        var events = new SafeFileHandle(InotifyInit(CloseOnExec | NonBlocking), ownsHandle: true);
        why = events.IsInvalid ? Marshal.GetLastPInvokeErrorMessage() : "";
        if (events.IsInvalid) return null;
        var wake = new SafeFileHandle(EventDescriptor(0, CloseOnExec | NonBlocking), ownsHandle: true);
        if (!wake.IsInvalid) return new DirectoryWatch(events, wake);
        why = Marshal.GetLastPInvokeErrorMessage();
        events.Dispose();
        return null;
    }

    /// <summary>Watches directories until something in them changes; those that are being watched go on. Returns how many can't be watched because of a limit.</summary>
    public int Arm(IEnumerable<string> directories)
    {
        const int noSpace = 28;
        var refused = 0;
        lock (gate)
        {
            if (changed.Task.IsCompleted) changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var directory in directories)
            {
                if (armedPaths.Contains(directory)) continue;
                var watch = InotifyAddWatch(events, directory, Modified | Attributes | MovedFrom | MovedTo | Created | Deleted | OnlyDirectory | OneShot);
                if (watch >= 0)
                {
                    // One directory under two paths has one watch.
                    if (armed.TryAdd(watch, directory)) armedPaths.Add(directory);
                }
                else if (Marshal.GetLastPInvokeError() == noSpace)
                {
                    refused++;
                }
            }
        }
        return refused;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The thread closes what it waits on.
        RandomAccess.Write(wake, BitConverter.GetBytes(1L), 0);
    }

    void Listen()
    {
        var buffer = new byte[4096];
        Span<PollDescriptor> both = stackalloc PollDescriptor[2];
        while (true)
        {
            both[0] = new PollDescriptor((int)events.DangerousGetHandle(), Readable, 0);
            both[1] = new PollDescriptor((int)wake.DangerousGetHandle(), Readable, 0);
            Poll(ref both[0], 2, -1);
            if (both[1].Returned != 0) break;
            while (Read(events, buffer, buffer.Length) is > 0 and var length) Disarm(buffer.AsSpan(0, (int)length));
            lock (gate) changed.TrySetResult();
        }
        events.Dispose();
        wake.Dispose();
    }

    // struct inotify_event: the watch, what happened, a cookie, the length of the name that follows.
    void Disarm(ReadOnlySpan<byte> read)
    {
        lock (gate)
            while (read.Length >= HeaderSize)
            {
                if ((MemoryMarshal.Read<uint>(read[4..]) & Ignored) != 0 && armed.Remove(MemoryMarshal.Read<int>(read), out var path)) armedPaths.Remove(path);
                read = read[(HeaderSize + MemoryMarshal.Read<int>(read[12..]))..];
            }
    }

    [StructLayout(LayoutKind.Sequential)]
    record struct PollDescriptor(int Descriptor, short Wanted, short Returned);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InotifyAddWatch(SafeFileHandle events, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventDescriptor(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollDescriptor first, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle events, [Out] byte[] buffer, nint length);
}
