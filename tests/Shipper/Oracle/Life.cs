using System.Buffers;
using System.Text;

namespace LogMonitor.Shipper.Tests.Oracle;

/// <summary>One life of a log, from its creation or truncation to the next: the truth, every byte that was ever appended to it.</summary>
sealed class Life(int number, string log)
{
    readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>The name that is followed.</summary>
    public string Log => log;

    public int Length => bytes.WrittenCount;

    public ReadOnlySpan<byte> Bytes => bytes.WrittenSpan;

    /// <summary>To the end of the last complete line.</summary>
    public int Complete => Bytes.LastIndexOf((byte)'\n') + 1;

    /// <summary>Whether a shipper that ran has surely given it a generation: from then on it can find it again.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether it was shipped to its end, perhaps: nobody was to wait for the rest of its last line.</summary>
    public bool MayBeOver { get; set; }

    /// <summary>As much as the shipper that runs has surely seen: what it saw and can't ship, it must say.</summary>
    public int Seen { get; set; }

    /// <summary>The guarantee excludes what is behind it.</summary>
    public int Owed { get; private set; } = int.MaxValue;

    /// <summary>Why, in the order it happened.</summary>
    public List<string> Excuses { get; } = [];

    /// <summary>Where it ends in some file that nobody writes to any more: there a chunk may end within a line.</summary>
    public HashSet<long> Ends { get; } = [];

    /// <summary>What must be in the store in the end, at least.</summary>
    public int Required => Bytes[..Math.Min(Owed, Length)].LastIndexOf((byte)'\n') + 1;

    public void Append(ReadOnlySpan<byte> text) => bytes.Write(text);

    public void Excuse(int from, string why)
    {
        if (from >= Owed) return;
        Owed = from;
        Excuses.Add($"{why}: nothing is owed behind {from}");
    }

    public override string ToString() =>
        $"life {number} of {log}, {Length} bytes{(IsKnown ? "" : ", not known")}{(Excuses.Count > 0 ? $" ({string.Join("; ", Excuses)})" : "")}";

    /// <summary>Bytes as a person can read them in a failure.</summary>
    public static string Show(ReadOnlySpan<byte> text) =>
        text.Length <= 160 ? Escaped(text) : $"{Escaped(text[..80])} … {Escaped(text[^80..])}";

    static string Escaped(ReadOnlySpan<byte> text) =>
        string.Concat(Encoding.Latin1.GetString(text).Select(character => character switch { '\n' => "\\n", < ' ' or > '~' => $"\\x{(int)character:x2}", _ => $"{character}" }));
}

/// <summary>A file on the disk, whatever its names: a life that grows in it, or a copy of what one was.</summary>
sealed class Node(Life life, int? copied = null)
{
    public Life Life { get; private set; } = life;

    /// <summary>How much of the life it holds.</summary>
    public int Visible => copied ?? Life.Length;

    public bool IsCopy => copied is not null;

    public void BeginAnew(Life next) => Life = next;
}
