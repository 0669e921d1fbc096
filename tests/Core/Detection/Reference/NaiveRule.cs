namespace LogMonitor.Core.Tests.Detection.Reference;

/// <summary>An access line in parts; as a web server writes it, or with its path and query in columns of their own.</summary>
sealed record NaiveLine(string? User, string Method, string Path, string? Query, int Status, string? Referer, string? Agent, bool IsW3C)
{
    public const string W3CHeader = "#Fields: date time c-ip cs-username cs-method cs-uri-stem cs-uri-query sc-status cs(Referer) cs(User-Agent)";

    string Target => Query is null ? Path : $"{Path}?{Query}";

    public override string ToString() => IsW3C
        ? $"2026-11-01 09:00:00 192.0.2.7 {User ?? "-"} {Method} {Path} {Query ?? "-"} {Status} {Referer ?? "-"} {Agent ?? "-"}"
        : $"192.0.2.7 - {User ?? "-"} [01/Nov/2026:09:00:00 +0000] \"{Method} {Target} HTTP/1.1\" {Status} 12 \"{Referer ?? "-"}\" \"{Agent ?? "-"}\"";

    /// <summary>What a field's value is compared with.</summary>
    public IEnumerable<string> Candidates(string field) => (field switch
    {
        "cs-uri" or "cs-referer" => Copies(Strict(field)),
        "cs-uri-stem" or "cs-uri-query" => Copies(Strict(field)).Concat(Copies(Target)),
        _ => [Strict(field) ?? ""],
    }).Where(text => text.Length > 0);

    static IEnumerable<string> Copies(string? text) => NaiveText.Copies(text ?? "");

    public bool IsAbsent(string field) => string.IsNullOrEmpty(Strict(field));

    string? Strict(string field) => field switch
    {
        "cs-username" => User,
        "cs-method" => Method,
        "cs-referer" => Referer,
        "cs-user-agent" => Agent,
        "cs-uri" => Target,
        "cs-uri-stem" => Path,
        "cs-uri-query" => Query,
        "sc-status" => $"{Status}",
        _ => throw new ArgumentException(field),
    };
}

/// <summary>A search, a part of one, or a condition, that can say itself in YAML and tell what it means.</summary>
abstract record NaiveNode
{
    public abstract string Yaml { get; }
    public abstract bool IsMatch(NaiveLine line);

    protected static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

sealed record NaiveField(string Name, string Modifier, bool All, bool Cased, bool Negated, string?[] Values) : NaiveNode
{
    public override string Yaml =>
        $"{Quote($"{Name}{(Modifier.Length > 0 ? $"|{Modifier}" : "")}{(All ? "|all" : "")}{(Cased ? "|cased" : "")}{(Negated ? "|neq" : "")}")}: [{string.Join(", ", Values.Select(value => value is null ? "null" : Quote(value)))}]";

    public override bool IsMatch(NaiveLine line) =>
        Negated != (All ? Values.All(value => IsMatch(line, value)) : Values.Any(value => IsMatch(line, value)));

    bool IsMatch(NaiveLine line, string? value) => value is null ? line.IsAbsent(Name)
        : line.Candidates(Name).Any(text => NaiveText.IsLike(text, Pattern(value), Cased)) || value == "-" && Modifier == "" && line.IsAbsent(Name);

    // A backslash at the end of a value is plain; it must not escape the star that the modifier adds.
    string Pattern(string value) => Modifier switch
    {
        "contains" => $"*{Closed(value)}*",
        "startswith" => $"{Closed(value)}*",
        "endswith" => $"*{value}",
        _ => value,
    };

    static string Closed(string value) => (value.Length - value.TrimEnd('\\').Length) % 2 == 1 ? value + "\\" : value;
}

sealed record NaiveMap(NaiveField[] Fields) : NaiveNode
{
    // A key can't be in a map twice.
    IEnumerable<NaiveField> Distinct => Fields.DistinctBy(entry => (entry.Name, entry.Modifier, entry.All, entry.Cased, entry.Negated));
    public override string Yaml => $"{{{string.Join(", ", Distinct.Select(entry => entry.Yaml))}}}";
    public override bool IsMatch(NaiveLine line) => Distinct.All(entry => entry.IsMatch(line));
}

sealed record NaiveMaps(NaiveMap[] Maps) : NaiveNode
{
    public override string Yaml => $"[{string.Join(", ", Maps.Select(map => map.Yaml))}]";
    public override bool IsMatch(NaiveLine line) => Maps.Any(map => map.IsMatch(line));
}

sealed record NaiveKeywords(bool All, string[] Words) : NaiveNode
{
    public override string Yaml => All ? $"{{'|all': [{List}]}}" : $"[{List}]";
    string List => string.Join(", ", Words.Select(Quote));
    public override bool IsMatch(NaiveLine line) => All ? Words.All(word => IsMatch(line, word)) : Words.Any(word => IsMatch(line, word));
    static bool IsMatch(NaiveLine line, string word) => NaiveText.IsLike(line.ToString(), $"*{((word.Length - word.TrimEnd('\\').Length) % 2 == 1 ? word + "\\" : word)}*", cased: false);
}

/// <summary>A condition over searches that are named s0, s1 and so on.</summary>
sealed record NaiveCondition(string Text, Func<IReadOnlyList<bool>, bool> Meaning);

sealed record NaiveRule(NaiveNode[] Searches, NaiveCondition Condition)
{
    public string Yaml(int id) => $"title: r{id}\nid: r{id}\nlogsource: {{category: webserver}}\ndetection:\n"
        + string.Concat(Searches.Select((search, i) => $"  s{i}: {search.Yaml}\n")) + $"  condition: '{Condition.Text}'\nlevel: informational\n";

    public bool IsMatch(NaiveLine line) => Condition.Meaning([.. Searches.Select(search => search.IsMatch(line))]);
}
