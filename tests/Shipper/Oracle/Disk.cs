using System.IO.Compression;
using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>
/// A directory with logs, and what the oracle knows of it: which life each file holds, and which of them a shipper can still get
/// at. What becomes unreachable is excused there and then, with the reason; all else must be in the store in the end.
/// </summary>
sealed class Disk(string directory, Func<IReadOnlyList<string>> followed) : IDisposable
{
    // Ticks at each write, so that no two states of a file have one time, as they may within a tick of the kernel.
    // Ahead of the real one, by which files are born.
    DateTime clock = DateTime.UtcNow.AddDays(1);
    readonly Dictionary<string, Node> names = [];
    readonly Dictionary<string, string> links = [];
    readonly Dictionary<Node, SafeFileHandle> writers = [];
    readonly HashSet<Node> held = [];

    public List<Life> Lives { get; } = [];

    /// <summary>Every name, without symbolic links.</summary>
    public IEnumerable<string> Names => names.Keys;

    public Node? this[string name] => names.GetValueOrDefault(links.GetValueOrDefault(name, name));

    public bool IsThere(string name) => names.ContainsKey(name) || links.ContainsKey(name);

    /// <summary>Whether a writer has the file open.</summary>
    public bool IsWritten(Node node) => writers.ContainsKey(node);

    public Node Create(string name, string log)
    {
        var node = new Node(NewLife(log));
        names[name] = node;
        writers[node] = File.OpenHandle(Of(name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        return node;
    }

    public void Append(Node node, ReadOnlySpan<byte> text)
    {
        RandomAccess.Write(writers[node], text, node.Visible);
        node.Life.Append(text);
        File.SetLastWriteTimeUtc(writers[node], clock = clock.AddTicks(10));
        Settle("written where no shipper looks");
    }

    /// <summary>The server opens its log anew, or ends.</summary>
    public void CloseWriter(Node node)
    {
        if (!writers.Remove(node, out var handle)) return;
        handle.Dispose();
        node.Life.Ends.Add(node.Visible);
    }

    public void Rename(string from, string to)
    {
        File.Move(Of(from), Of(to), overwrite: true);
        names.Remove(from, out var node);
        names[to] = node!;
        Settle($"{from} was renamed to {to}");
    }

    public void Copy(string from, string to)
    {
        var node = this[from]!;
        File.Copy(Of(from), Of(to), overwrite: true);
        File.SetLastWriteTimeUtc(Of(to), clock = clock.AddTicks(10));
        names[to] = new Node(node.Life, node.Visible);
        node.Life.Ends.Add(node.Visible);
        Settle($"{from} was copied to {to}");
    }

    /// <param name="intents">Where puts begin that may or may not have happened: their ranges can't be cut again without what the truncation takes.</param>
    public void Truncate(string name, IEnumerable<long> intents)
    {
        var node = this[name]!;
        var life = node.Life;
        foreach (var intent in intents.Where(intent => intent < Reachable(life, besides: node)))
            if (Reachable(life, besides: node) < life.Length) life.Excuse((int)intent, "a put was under way of bytes that the truncation took");
        RandomAccess.SetLength(writers[node], 0);
        File.SetLastWriteTimeUtc(writers[node], clock = clock.AddTicks(10));
        life.Ends.Add(life.Length);
        node.BeginAnew(NewLife(life.Log));
        Settle($"{name} was truncated");
    }

    /// <summary>As gzip does: beside it, with its times, and then the original goes.</summary>
    public void Compress(string name)
    {
        var node = names[name];
        var time = File.GetLastWriteTimeUtc(Of(name));
        using (var source = File.OpenRead(Of(name)))
        using (var target = new GZipStream(File.Create(Of($"{name}.gz")), CompressionLevel.Fastest))
            source.CopyTo(target);
        File.SetLastWriteTimeUtc(Of($"{name}.gz"), time);
        File.Delete(Of(name));
        names.Remove(name);
        names[$"{name}.gz"] = new Node(node.Life, node.Visible);
        node.Life.Ends.Add(node.Visible);
        Settle($"{name} was compressed");
    }

    public void Delete(string name)
    {
        File.Delete(Of(name));
        if (!links.Remove(name)) names.Remove(name);
        Settle($"{name} was deleted");
    }

    /// <summary>A second name of the same file.</summary>
    public void HardLink(string from, string to)
    {
        if (Native.Link(Of(from), Of(to)) != 0) throw new IOException($"{to} can't be linked to {from}.");
        names[to] = names[from];
    }

    /// <summary>Points a symbolic link at another file, in one step.</summary>
    public void Swap(string link, string target)
    {
        var temporary = Of($".{link}.new");
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, Of(link), overwrite: true);
        links[link] = target;
        Settle($"{link} was pointed at {target}");
    }

    public void SetReadable(string name, bool readable)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Of(name), readable ? UnixFileMode.UserRead | UnixFileMode.UserWrite : UnixFileMode.None);
        if (!readable) Unreadable.Add(this[name]!);
        else Unreadable.Remove(this[name]!);
    }

    public HashSet<Node> Unreadable { get; } = [];

    /// <summary>A shipper has looked at everything, and has it open; nothing happened meanwhile, or nobody knows what it saw first.</summary>
    public void Looked()
    {
        foreach (var (name, node) in Followed().Where(file => !Unreadable.Contains(file.Node)))
            if (!node.IsCopy || !held.Any(other => other.Life == node.Life)) held.Add(node);
        foreach (var (name, node) in names)
            if (node.Life.IsKnown && IsNamedLike(name, node.Life) && !held.Any(other => other.Life == node.Life)) held.Add(node);
        foreach (var life in held.Where(node => !Unreadable.Contains(node) && !node.IsCopy && node.Life.Complete > 0).Select(node => node.Life))
            (life.IsKnown, life.Seen) = (true, life.Complete);
    }

    /// <summary>The shipper has ended, one way or another: what only it had open is gone.</summary>
    public void Ended()
    {
        held.Clear();
        foreach (var life in Lives) life.Seen = 0;
        Settle("the shipper ended");
    }

    /// <summary>Other names are followed: a file that has a name, and none of those, is let go. What was rotated out of sight may have been shipped to its end before.</summary>
    public void Reconfigure(Action follow)
    {
        foreach (var life in Lives.Where(life => !IsLive(life))) life.MayBeOver = true;
        follow();
        held.RemoveWhere(node => names.ContainsValue(node) && !Followed().Any(file => file.Node == node));
        Settle("other names are followed");
    }

    /// <summary>Whether it may still grow at a name that is followed: its unfinished last line must wait.</summary>
    public bool IsLive(Life life) => !life.MayBeOver && Followed().Any(file => file.Node.Life == life && !file.Node.IsCopy);

    public void Dispose()
    {
        foreach (var handle in writers.Values) handle.Dispose();
    }

    Life NewLife(string log)
    {
        var life = new Life(Lives.Count, log);
        Lives.Add(life);
        return life;
    }

    void Settle(string why)
    {
        foreach (var life in Lives)
            if (Reachable(life, besides: null) is var reachable && reachable < life.Length) life.Excuse(reachable, why);
    }

    /// <summary>How much of a life a shipper can get at from now on, at its next look.</summary>
    int Reachable(Life life, Node? besides)
    {
        var found = held.Concat(Followed().Select(file => file.Node));
        if (life.IsKnown) found = found.Concat(names.Where(file => IsNamedLike(file.Key, life)).Select(file => file.Value));
        return found.Where(node => node.Life == life && node != besides).Select(node => node.Visible).DefaultIfEmpty(0).Max();
    }

    IEnumerable<(string Name, Node Node)> Followed() =>
        from pattern in followed()
        from name in names.Keys.Concat(links.Keys)
        where name == pattern || (FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false) && !name.EndsWith(".gz", StringComparison.Ordinal))
        where this[name] is not null
        select (name, this[name]!);

    // Rotated files stay beside the log and are named after it: access.log.1, access-20261122.log.
    static bool IsNamedLike(string name, Life life) =>
        name.StartsWith($"{life.Log}.", StringComparison.Ordinal) || name.StartsWith($"{Path.GetFileNameWithoutExtension(life.Log)}-", StringComparison.Ordinal) || name == life.Log;

    string Of(string name) => Path.Join(directory, name);
}
