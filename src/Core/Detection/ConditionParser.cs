using System.IO.Enumeration;
using YamlDotNet.Core;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Sigma's condition grammar, binding from weak to strong: <c>or</c>, <c>and</c>, <c>not</c>; parentheses; names of
/// searches; <c>1 of</c> and <c>all of</c> with a name pattern or <c>them</c> (all but those that begin with <c>_</c>).
/// </summary>
sealed class ConditionParser
{
    const int MaxDepth = 50;

    readonly IReadOnlyDictionary<string, Matcher> searches;
    readonly Mark at;
    readonly string[] tokens;
    int next, depth;

    ConditionParser(string condition, Mark at, IReadOnlyDictionary<string, Matcher> searches)
    {
        this.searches = searches;
        this.at = at;
        tokens = condition.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <exception cref="RuleException">It is not a condition, or names no search.</exception>
    public static Matcher Parse(string condition, Mark at, IReadOnlyDictionary<string, Matcher> searches)
    {
        var parser = new ConditionParser(condition, at, searches);
        var matcher = parser.Or();
        return parser.next == parser.tokens.Length ? matcher : throw parser.Unexpected("'and', 'or' or the end");
    }

    Matcher Or() => Chain("or", () => Chain("and", Not, parts => new AllOf(parts)), parts => new AnyOf(parts));

    Matcher Chain(string keyword, Func<Matcher> operand, Func<Matcher[], Matcher> combine)
    {
        List<Matcher> parts = [operand()];
        while (TryTake(keyword)) parts.Add(operand());
        return parts is [var single] ? single : combine([.. parts]);
    }

    Matcher Not()
    {
        if (++depth > MaxDepth) throw new RuleException(at, $"the condition is nested deeper than {MaxDepth}");
        var matcher = TryTake("not") ? new Negation(Not()) : Operand();
        depth--;
        return matcher;
    }

    Matcher Operand()
    {
        if (TryTake("("))
        {
            var inner = Or();
            return TryTake(")") ? inner : throw Unexpected("')'");
        }
        if (TryTake("1")) return Of(parts => new AnyOf(parts));
        if (TryTake("any")) return Of(parts => new AnyOf(parts));
        if (TryTake("all")) return Of(parts => new AllOf(parts));
        if (next < tokens.Length && searches.TryGetValue(tokens[next], out var search))
        {
            next++;
            return search;
        }
        throw Unexpected($"a search ({string.Join(", ", searches.Keys)}), 'not', '1 of', 'all of' or '('");
    }

    Matcher Of(Func<Matcher[], Matcher> combine)
    {
        if (!TryTake("of")) throw Unexpected("'of'");
        if (next == tokens.Length) throw Unexpected("a name pattern or 'them'");
        var pattern = tokens[next++];
        var chosen = searches
            .Where(search => pattern == "them" ? !search.Key.StartsWith('_') : FileSystemName.MatchesSimpleExpression(pattern, search.Key, ignoreCase: false))
            .Select(search => search.Value).ToArray();
        return chosen.Length > 0 ? combine(chosen) : throw new RuleException(at, $"no search is named like '{pattern}'; there are {string.Join(", ", searches.Keys)}");
    }

    bool TryTake(string token)
    {
        if (next == tokens.Length || !tokens[next].Equals(token, StringComparison.OrdinalIgnoreCase)) return false;
        next++;
        return true;
    }

    RuleException Unexpected(string expected) =>
        new(at, $"condition: expected {expected}, but found {(next < tokens.Length ? $"'{tokens[next]}'" : "the end")}");
}
