using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Following;

/// <summary>Which file it is, wherever it is moved: device and inode, and when it was made (0 where the file system does not say).</summary>
readonly record struct FileIdentity(ulong Device, ulong Inode, long Born);

/// <param name="Size">In bytes.</param>
/// <param name="Modified">Nanoseconds since 1970; only for noticing a change.</param>
/// <param name="IsDeleted">No name leads to it any more: its space is free as soon as it is closed.</param>
readonly record struct FileStat(FileIdentity Identity, long Size, long Modified, bool IsRegular, bool IsDeleted);

/// <summary>What .NET does not offer: device and inode of a file, and fsync of a directory.</summary>
/// <remarks>statx(2), since its layout is the same on every architecture.</remarks>
static partial class LinuxFile
{
    public const int NoSuchFile = 2, PermissionDenied = 13, NotADirectory = 20;

    const int CurrentDirectory = -100, EmptyPath = 0x1000;
    const uint BasicStatsAndBirth = 0x7ff | 0x800;
    const int RegularFile = 0x8000, TypeMask = 0xf000;

    /// <summary>0 and what the path leads to, or the error number.</summary>
    public static int Stat(string path, out FileStat stat)
    {
        var error = Statx(CurrentDirectory, path, 0, BasicStatsAndBirth, out var buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
        stat = error == 0 ? buffer.ToStat() : default;
        return error;
    }

    /// <exception cref="IOException">The file system failed.</exception>
    public static FileStat Stat(SafeFileHandle handle)
    {
        if (Statx(handle, "", EmptyPath, BasicStatsAndBirth, out var buffer) != 0)
            throw new IOException($"The state of an open file can't be read: {Marshal.GetLastPInvokeErrorMessage()}.");
        return buffer.ToStat();
    }

    /// <summary>Makes renames and new names in a directory durable.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public static void SyncDirectory(string path)
    {
        const int closeOnExec = 0x80000;
        var descriptor = Open(path, closeOnExec);
        if (descriptor < 0) throw new IOException($"The directory {path} can't be opened to make it durable: {Marshal.GetLastPInvokeErrorMessage()}.");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (FSync(handle) != 0) throw new IOException($"The directory {path} can't be made durable: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    /// <summary>struct statx of linux/stat.h.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    struct StatxBuffer
    {
        [FieldOffset(0)] uint mask;
        [FieldOffset(16)] uint links;
        [FieldOffset(28)] ushort mode;
        [FieldOffset(32)] ulong inode;
        [FieldOffset(40)] ulong size;
        [FieldOffset(80)] long bornSeconds;
        [FieldOffset(88)] uint bornNanoseconds;
        [FieldOffset(112)] long modifiedSeconds;
        [FieldOffset(120)] uint modifiedNanoseconds;
        [FieldOffset(136)] uint deviceMajor;
        [FieldOffset(140)] uint deviceMinor;

        public readonly FileStat ToStat() => new(
            new FileIdentity(((ulong)deviceMajor << 32) | deviceMinor, inode, (mask & 0x800) != 0 ? Nanoseconds(bornSeconds, bornNanoseconds) : 0),
            (long)size,
            Nanoseconds(modifiedSeconds, modifiedNanoseconds),
            (mode & TypeMask) == RegularFile,
            links == 0);

        static long Nanoseconds(long seconds, uint nanoseconds) => unchecked((seconds * 1_000_000_000) + nanoseconds);
    }
}
