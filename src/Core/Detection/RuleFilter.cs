using LogMonitor.Core.Parsing;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Tells quickly which rules a line can match at all, so that most lines are compared with none: by class, by status, and by the
/// texts that a rule needs. It never leaves out a rule that matches.
/// </summary>
sealed class RuleFilter
{
    /// <summary>Bit sets of rules that are longer (16,384 rules) come from the heap.</summary>
    const int MaxWordsOnStack = 256;

    /// <summary>Statuses are below this; 0 is none.</summary>
    const int Statuses = 1_000;

    // Bit sets of rules, one after the other: of each class, of each status.
    readonly ulong[] byClass, byStatus;
    readonly ulong[] needLiteral;
    readonly LineField.Part[] literalParts;
    readonly LiteralSearch[] searches;

    public RuleFilter(IReadOnlyList<EventRule> rules)
    {
        Words = (rules.Count + 63) / 64;
        byClass = new ulong[Words * Enum.GetValues<LineClass>().Length];
        byStatus = new ulong[Words * Statuses];
        needLiteral = new ulong[Words];
        var texts = new SortedDictionary<byte[], ulong[]>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        for (var i = 0; i < rules.Count; i++)
        {
            foreach (var lineClass in Enum.GetValues<LineClass>())
                if (rules[i].Source.Covers(lineClass)) Set(byClass, (int)lineClass, i);
            for (var status = 0; status < Statuses; status++)
                if (rules[i].Statuses is not { } needed || needed.Contains(status)) Set(byStatus, status, i);
            if (rules[i].Needs is not { } literals) continue;
            Set(needLiteral, 0, i);
            foreach (var text in literals.Texts)
            {
                if (!texts.TryGetValue(text, out var bits)) texts.Add(text, bits = new ulong[Words]);
                Set(bits, 0, i);
            }
        }
        literalParts = [.. rules.SelectMany(rule => rule.Needs?.Fields ?? []).SelectMany(field => field.Parts).Distinct()];
        searches = [.. texts.Select(entry => (entry.Key, entry.Value)).Chunk(LiteralSearch.MaxTexts).Select(chunk => new LiteralSearch(chunk))];
    }

    /// <summary>The length of a bit set of rules.</summary>
    public int Words { get; }

    /// <summary>Fills a bit set with the rules that the line can match.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Select(in LogLine line, LineTexts texts, Span<ulong> rules)
    {
        var ofClass = byClass.AsSpan((int)line.Class * Words, Words);
        // A status that can't be is for the rules themselves to judge.
        var ofStatus = (uint)line.Status < Statuses ? byStatus.AsSpan(line.Status * Words, Words) : ofClass;
        ulong any = 0, waiting = 0;
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = ofClass[i] & ofStatus[i];
            any |= rules[i];
            waiting |= rules[i] & needLiteral[i];
        }
        return waiting == 0 ? any != 0 : KeepFound(line, texts, rules);
    }

    bool KeepFound(in LogLine line, LineTexts texts, Span<ulong> rules)
    {
        Span<ulong> bits = rules.Length <= MaxWordsOnStack ? stackalloc ulong[rules.Length] : new ulong[rules.Length];
        Find(line.Raw, bits);
        foreach (var part in literalParts)
        {
            var text = part.Text(line);
            if (text.IsEmpty) continue;
            // A format with escapes decodes into a buffer of its own.
            if (!line.Raw.Overlaps(text)) Find(text, bits);
            if (part.Encoded == EncodedPart.None || !LineTexts.IsEncoded(text)) continue;
            Find(texts.Once(part.Encoded, text), bits);
            Find(texts.Twice(part.Encoded, text), bits);
        }
        ulong any = 0;
        for (var i = 0; i < rules.Length; i++) any |= rules[i] &= bits[i] | ~needLiteral[i];
        return any != 0;
    }

    void Find(ReadOnlySpan<byte> text, Span<ulong> bits)
    {
        foreach (var search in searches) search.Find(text, bits);
    }

    void Set(ulong[] bits, int row, int rule) => bits[row * Words + rule / 64] |= 1UL << (rule % 64);
}
