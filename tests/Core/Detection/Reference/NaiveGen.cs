using CsCheck;

namespace LogMonitor.Core.Tests.Detection.Reference;

/// <summary>Random rules and lines of few letters, so that they often match, with all that is special to either.</summary>
static class NaiveGen
{
    static readonly string[] fields = ["cs-username", "cs-method", "cs-referer", "cs-user-agent", "cs-uri", "cs-uri-stem", "cs-uri-query", "cs-uri-query"];

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Gen<string> Of(int least, int most, params string[] pieces) => OneOf(pieces).Array[least, most].Select(string.Concat);

    static readonly Gen<string> value = Of(1, 5, "a", "A", "b", "ab", "abc", "/", "-", "%", "%61", "+", " ", "*", "?", @"\", @"\*", @"\?", @"\\", "\u00E9", "404", "=");

    static readonly Gen<string> path = Of(0, 5, "a", "B", "ab", "abc", "/", "%61", "%2561", "%2F", "%3f", "+", "%zz", "%", "*", "\u00E9").Select(text => "/" + text);

    static readonly Gen<string> query = Of(1, 5, "a", "B", "abc", "=", "%61", "%25%36%31", "%2B", "+", "?", "%2a", "-", "\u00E9", "404");

    static readonly Gen<string> text = Of(1, 5, "a", "B", "abc", "/", "-", "%61", "+", "*", "?", @"\\", "\u00E9");

    static Gen<string?> Perhaps(Gen<string> gen) => Gen.Select(Gen.Bool, gen, (has, some) => has && some != "-" ? some : null);

    public static readonly Gen<NaiveLine> Line = Gen.Select(Perhaps(text), OneOf("GET", "POST"), path, Perhaps(query), OneOf(200, 404), Perhaps(text), Gen.Select(Perhaps(text), Gen.Bool))
        // IIS writes a query without its question mark; one that begins with another is read as that.
        .Select(parts => new NaiveLine(parts.Item1, parts.Item2, parts.Item3, parts.Item4, parts.Item5, parts.Item6, parts.Item7.Item1, parts.Item7.Item2 && parts.Item4?[0] != '?'));

    static readonly Gen<NaiveField> field = Gen.OneOf(
        Gen.Select(OneOf(fields), OneOf("", "contains", "contains", "startswith", "endswith"), Gen.Bool, Gen.Bool, OneOf(false, false, false, true), value.Array[1, 3])
            .Select((name, modifier, all, cased, negated, values) => new NaiveField(name, modifier, all, cased, negated, values)),
        OneOf(fields).Select(name => new NaiveField(name, "", false, false, false, [null])),
        OneOf("200", "404", "4*", "?0?").Array[1, 2].Select(values => new NaiveField("sc-status", "", false, false, false, values)));

    static readonly Gen<NaiveMap> map = field.Array[1, 3].Select(chosen => new NaiveMap(chosen));

    static readonly Gen<NaiveNode> search = Gen.OneOf(
        map.Select(chosen => (NaiveNode)chosen),
        map.Array[1, 2].Select(maps => (NaiveNode)new NaiveMaps(maps)),
        Gen.Select(Gen.Bool, value.Array[1, 3], (all, words) => (NaiveNode)new NaiveKeywords(all, words)));

    static Gen<NaiveCondition> Condition(int searches, int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Int[0, searches - 1].Select(i => new NaiveCondition($"s{i}", found => found[i])),
            OneOf(new NaiveCondition("1 of s*", found => found.Any(f => f)), new NaiveCondition("all of them", found => found.All(f => f)), new NaiveCondition("1 of them", found => found.Any(f => f))));
        if (depth == 0) return leaf;
        var inner = Condition(searches, depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(c => new NaiveCondition($"not ({c.Text})", found => !c.Meaning(found))),
            Gen.Select(inner, inner, (a, b) => new NaiveCondition($"({a.Text}) and ({b.Text})", found => a.Meaning(found) && b.Meaning(found))),
            Gen.Select(inner, inner, (a, b) => new NaiveCondition($"({a.Text}) or ({b.Text})", found => a.Meaning(found) || b.Meaning(found))));
    }

    public static readonly Gen<NaiveRule> Rule = search.Array[1, 3].SelectMany(searches => Condition(searches.Length, 2).Select(condition => new NaiveRule(searches, condition)));
}
