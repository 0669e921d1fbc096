using System.Globalization;
using System.Text;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>
/// A server that writes one log, and the administrator who rotates it: by renaming, by copying and truncating, or as a link to
/// a file per day. Every line is another, but for the first of each life, which may be the same.
/// </summary>
sealed class Author
{
    /// <summary>A server closes its rotated log within a minute; the shipper waits two.</summary>
    public static readonly TimeSpan Reopening = TimeSpan.FromSeconds(60);

    readonly Disk disk;
    readonly string log;
    readonly Random random;
    readonly Func<TimeSpan> now;
    readonly string beginning;
    readonly bool isLink;
    readonly List<(Node Node, TimeSpan Since)> late = [];
    int lines, days;
    TimeSpan written;
    bool copied;
    Node? current;

    public Author(Disk disk, string log, Random random, Func<TimeSpan> now)
    {
        (this.disk, this.log, this.random, this.now) = (disk, log, random, now);
        beginning = random.Next(4) switch { 1 => "#Fields: date time cs-method\n", 2 => $"#Software: {new string('s', 1100)}\n#Fields: date time\n", _ => "" };
        isLink = random.Next(5) == 0;
    }

    /// <summary>The name that is followed.</summary>
    public string Log => log;

    string Stem => Path.GetFileNameWithoutExtension(log);

    public string Write()
    {
        Open();
        var count = random.Next(1, 8);
        for (var i = 0; i < count; i++) disk.Append(current!, Line());
        return $"{log}: {count} lines, to {current!.Visible}";
    }

    public string WriteFragment()
    {
        Open();
        disk.Append(current!, Encoding.ASCII.GetBytes($"fragment {lines} "));
        return $"{log}: a fragment, to {current!.Visible}";
    }

    /// <summary>The server has not noticed the rotation yet.</summary>
    public string? WriteLate()
    {
        Reopened();
        if (late.Count == 0) return null;
        var node = late[random.Next(late.Count)].Node;
        disk.Append(node, random.Next(4) == 0 ? Encoding.ASCII.GetBytes($"late fragment {lines} ") : Line());
        return $"{log}: a late write to an older file, to {node.Visible}";
    }

    /// <summary>As logrotate does: numbers go up, the log gets the first, and perhaps a new one is created.</summary>
    public string? Rotate()
    {
        if (isLink || copied || current is null) return null;
        Shift();
        disk.Rename(log, $"{log}.1");
        Leave();
        var create = random.Next(2) == 0;
        if (create) Open();
        return $"{log}: renamed to {log}.1{(create ? ", and created" : "")}";
    }

    /// <summary>The first step of copytruncate; lines may come between the two.</summary>
    public string? Copy()
    {
        if (isLink || current is null || copied || !disk.IsThere(log)) return null;
        Shift();
        disk.Copy(log, $"{log}.1");
        copied = true;
        return $"{log}: copied to {log}.1";
    }

    /// <summary>Whether a copy was made, and the log is to be truncated.</summary>
    public bool HasCopied => copied;

    public string? Truncate(IEnumerable<long> intents)
    {
        if (!copied || current is null || !disk.IsThere(log)) return null;
        disk.Truncate(log, intents);
        copied = false;
        return $"{log}: truncated";
    }

    /// <summary>A new day's file, and the link to it.</summary>
    public string? Swap()
    {
        if (!isLink || current is null) return null;
        Leave();
        Open();
        return $"{log}: linked to a new file";
    }

    public string? Compress()
    {
        var candidates = disk.Names.Where(IsRotated).Where(name => !disk.IsWritten(disk[name]!)).ToList();
        if (candidates.Count == 0 || copied) return null;
        var name = candidates[random.Next(candidates.Count)];
        disk.Compress(name);
        return $"{log}: {name} compressed";
    }

    public string? DeleteOldest()
    {
        var oldest = disk.Names.Where(name => name.StartsWith($"{log}.", StringComparison.Ordinal)).OrderBy(Number).LastOrDefault();
        if (oldest is null || copied) return null;
        disk.Delete(oldest);
        return $"{log}: {oldest} deleted";
    }

    /// <summary>Somebody deletes the log; the server writes on to what nobody sees.</summary>
    public string? DeleteLog()
    {
        if (isLink || copied || current is null || !disk.IsThere(log)) return null;
        disk.Delete(log);
        Leave();
        return $"{log}: deleted";
    }

    public string? Link()
    {
        var second = $"{Stem}.second";
        if (isLink || current is null || !disk.IsThere(log)) return null;
        if (disk.IsThere(second)) disk.Delete(second);
        disk.HardLink(log, second);
        return $"{log}: has the second name {second}";
    }

    public string? Forbid(bool allow)
    {
        if (!disk.IsThere(log) || disk.Unreadable.Contains(disk[log]!) != allow) return null;
        disk.SetReadable(log, allow);
        return $"{log}: {(allow ? "readable again" : "unreadable")}";
    }

    /// <summary>The server has noticed that its log was rotated.</summary>
    public void Reopened()
    {
        foreach (var (node, _) in late.Where(old => now() - old.Since > Reopening)) disk.CloseWriter(node);
        late.RemoveAll(old => !disk.IsWritten(old.Node));
    }

    /// <summary>… all of them, at the end.</summary>
    public void ReopenAll()
    {
        foreach (var (node, _) in late) disk.CloseWriter(node);
        late.Clear();
    }

    // The server writes on to the old file for a while.
    void Leave()
    {
        late.Add((current!, now()));
        current = null;
    }

    void Open()
    {
        if (current is not null) return;
        var name = isLink ? string.Create(CultureInfo.InvariantCulture, $"{Stem}-2026{++days:d4}.log") : log;
        current = disk.Create(name, log);
        if (isLink) disk.Swap(log, name);
    }

    byte[] Line()
    {
        written = now();
        var text = $"{log} line {lines++} {new string('x', random.Next(40) * random.Next(3))}";
        var end = random.Next(12) switch { 0 => "\r\n", 1 => "\0\0\xff\xfe\n", _ => "\n" };
        return Encoding.Latin1.GetBytes($"{(current is { Visible: 0 } ? beginning : "")}{text}{end}");
    }

    void Shift()
    {
        foreach (var name in disk.Names.Where(name => name.StartsWith($"{log}.", StringComparison.Ordinal)).OrderByDescending(Number).ToList())
            disk.Rename(name, $"{log}.{Number(name) + 1}{(name.EndsWith(".gz", StringComparison.Ordinal) ? ".gz" : "")}");
    }

    bool IsRotated(string name) => name.StartsWith($"{log}.", StringComparison.Ordinal) && !name.EndsWith(".gz", StringComparison.Ordinal);

    int Number(string name) => int.Parse(name[(log.Length + 1)..].Replace(".gz", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
