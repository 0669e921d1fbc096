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

    /// <summary>A few passes with vector instructions take less time than one without.</summary>
    const int MaxPasses = 4;

    /// <summary>Statuses are below this; 0 is none.</summary>
    public const int Statuses = 1_000;

    // Bit sets of rules, one after the other: of each class, of each status.
    readonly ulong[] byClass, byStatus;
    readonly ulong[] needLiteral, needMessage;
    // What to look for in lines of each class.
    readonly Texts[] textsOf;

    public RuleFilter(IReadOnlyList<EventRule> rules)
    {
        Words = (rules.Count + 63) / 64;
        byClass = new ulong[Words * Enum.GetValues<LineClass>().Length];
        byStatus = new ulong[Words * Statuses];
        needLiteral = new ulong[Words];
        needMessage = new ulong[Words];
        for (var i = 0; i < rules.Count; i++)
        {
            foreach (var lineClass in Enum.GetValues<LineClass>())
                if (rules[i].Source.Covers(lineClass)) Set(byClass, (int)lineClass, i);
            for (var status = 0; status < Statuses; status++)
                if (rules[i].Statuses is not { } needed || needed.Contains(status)) Set(byStatus, status, i);
            if (rules[i].Needs is not null) Set(needLiteral, 0, i);
            if (rules[i].NeedsMessage) Set(needMessage, 0, i);
        }
        textsOf = [.. Enum.GetValues<LineClass>().Select(lineClass => TextsOf(rules.Select((rule, i) => (rule, i)).Where(entry => entry.rule.Source.Covers(lineClass))))];
    }

    /// <param name="InRaw">What to look for in the raw line.</param>
    /// <param name="InTarget">In the request target.</param>
    /// <param name="InFields">In other fields.</param>
    sealed record Texts(ITextSearch? InRaw, ITextSearch? InTarget, (LineField Field, ITextSearch Search)[] InFields);

    Texts TextsOf(IEnumerable<(EventRule Rule, int Index)> rules)
    {
        var literals = rules.SelectMany(entry => (entry.Rule.Needs?.Any ?? []).Select(literal => (Rule: entry.Index, literal.Text, literal.Field))).ToList();
        return new Texts(
            SearchFor(literals.Where(literal => literal.Field is null).Select(literal => (literal.Rule, literal.Text))),
            SearchFor(literals.Where(literal => literal.Field is { IsPartOfTarget: true }).Select(literal => (literal.Rule, literal.Text))),
            [.. literals.Where(literal => literal.Field is { IsPartOfTarget: false }).GroupBy(literal => literal.Field!)
                .Select(field => (field.Key, SearchFor(field.Select(literal => (literal.Rule, literal.Text)))!))]);
    }

    ITextSearch? SearchFor(IEnumerable<(int Rule, byte[] Text)> literals)
    {
        var texts = new SortedDictionary<byte[], ulong[]>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var (rule, text) in literals)
        {
            if (!texts.TryGetValue(text, out var bits)) texts.Add(text, bits = new ulong[Words]);
            Set(bits, 0, rule);
        }
        (byte[], ulong[])[] all = [.. texts.Select(entry => (entry.Key, entry.Value))];
        return all.Length switch
        {
            0 => null,
            <= LiteralSearch.MaxTexts => new LiteralSearch(all),
            <= LiteralSearch.MaxTexts * MaxPasses => new SearchInPasses([.. all.Chunk(LiteralSearch.MaxTexts).Select(texts => new LiteralSearch(texts))]),
            _ => new TrigramSearch(all),
        };
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
        var hasNoMessage = line.Message.IsEmpty && line.Severity == Severity.None;
        ulong any = 0, waiting = 0;
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = ofClass[i] & ofStatus[i];
            if (hasNoMessage) rules[i] &= ~needMessage[i];
            any |= rules[i];
            waiting |= rules[i] & needLiteral[i];
        }
        return waiting == 0 ? any != 0 : KeepFound(line, texts, rules);
    }

    bool KeepFound(in LogLine line, LineTexts texts, Span<ulong> rules)
    {
        Span<ulong> found = rules.Length <= MaxWordsOnStack ? stackalloc ulong[rules.Length] : new ulong[rules.Length];
        var searches = textsOf[(int)line.Class];
        searches.InRaw?.Find(line.Raw, found);
        if (searches.InTarget is { } inTarget)
        {
            // The query is part of the target, also where a log has it apart; the path mostly is.
            Find(inTarget, LineField.Target, line, texts, found);
            if (!line.Target.Overlaps(line.Path)) Find(inTarget, LineField.Path, line, texts, found);
            if (line.Target.IsEmpty) Find(inTarget, LineField.Query, line, texts, found);
        }
        foreach (var (field, search) in searches.InFields) Find(search, field.Parts[0], line, texts, found);
        ulong any = 0;
        for (var i = 0; i < rules.Length; i++) any |= rules[i] &= found[i] | ~needLiteral[i];
        return any != 0;
    }

    static void Find(ITextSearch search, LineField.Part part, in LogLine line, LineTexts texts, Span<ulong> found)
    {
        var text = part.In(line, texts);
        if (text.IsEmpty) return;
        search.Find(text, found);
        if (part.Encoded == EncodedPart.None || !LineTexts.IsEncoded(text)) return;
        search.Find(texts.Once(part.Encoded, text), found);
        search.Find(texts.Twice(part.Encoded, text), found);
    }

    void Set(ulong[] bits, int row, int rule) => bits[row * Words + rule / 64] |= 1UL << (rule % 64);
}
