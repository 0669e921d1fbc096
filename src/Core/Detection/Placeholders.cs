using System.Text;
using YamlDotNet.Core;

namespace LogMonitor.Core.Detection;

/// <summary>Puts the values of placeholders, <c>%name%</c>, into the values of rules: Sigma's modifier <c>expand</c>.</summary>
/// <param name="values">Name → values, at least one.</param>
sealed class Placeholders(IReadOnlyDictionary<string, IReadOnlyList<string>> values)
{
    /// <summary>In one value of a rule. Each of them multiplies its forms by that of its values.</summary>
    public const int MaxInValue = 8;

    /// <summary>A value with each combination of the values of its placeholders.</summary>
    /// <param name="value">As it stands in the rule.</param>
    /// <param name="quote">Makes text of what a placeholder stands for, where the value around it is more than text.</param>
    /// <param name="forms">What the rule may still take.</param>
    /// <param name="at">Where the value stands.</param>
    /// <exception cref="RuleException">A placeholder has no values, or the combinations are too many.</exception>
    public IEnumerable<string> Expand(string value, Func<string, string> quote, FormBudget forms, Mark at)
    {
        var (texts, lists) = Split(value, at);
        if (lists.Count == 0) return [value];
        // The number of combinations is known before any is made.
        forms.Take(lists.Aggregate(1L, (product, list) => Math.Min(product * list.Count, FormBudget.MaxForms + 1)), (long)value.Length + lists.Sum(list => (long)list.Max(one => one.Length)), at);
        List<StringBuilder> combinations = [new(texts[0])];
        for (var i = 0; i < lists.Count; i++)
            combinations = [.. combinations.SelectMany(before => lists[i].Select(one => new StringBuilder().Append(before).Append(quote(one)).Append(texts[i + 1])))];
        return combinations.Select(combination => combination.ToString());
    }

    // The texts around the placeholders, and what each of those stands for.
    (List<string> Texts, List<IReadOnlyList<string>> Lists) Split(string value, Mark at)
    {
        List<string> texts = [];
        List<IReadOnlyList<string>> lists = [];
        var from = 0;
        while (value.IndexOf('%', from) is >= 0 and var start && value.IndexOf('%', start + 1) is >= 0 and var end)
        {
            var name = value[(start + 1)..end];
            if (!values.TryGetValue(name, out var list))
                throw new RuleException(at, $"the placeholder '%{name}%' has no values; a file among the rules gives them: placeholders: {{{name}: [...]}}");
            if (lists.Count == MaxInValue) throw new RuleException(at, $"the value has more than {MaxInValue} placeholders");
            texts.Add(value[from..start]);
            lists.Add(list);
            from = end + 1;
        }
        texts.Add(value[from..]);
        return (texts, lists);
    }
}

/// <summary>What the values of one rule may become by placeholders, encodings and <c>windash</c>: those multiply, and a short rule could fill the memory.</summary>
sealed class FormBudget
{
    /// <summary>The forms of all values of a rule.</summary>
    public const int MaxForms = 5_000;

    /// <summary>The characters of all forms together: 1 Mi.</summary>
    public const long MaxLength = 1 << 20;

    long forms, length;

    /// <summary>Takes so many forms of such a length out of it.</summary>
    /// <exception cref="RuleException">There is not as much left.</exception>
    public void Take(long count, long lengthOfEach, Mark at)
    {
        forms += count;
        length += count * lengthOfEach;
        if (forms > MaxForms) throw new RuleException(at, $"placeholders, encodings and windash make more than {MaxForms:N0} forms of the rule's values; name fewer values, or split the rule");
        if (length > MaxLength) throw new RuleException(at, $"placeholders, encodings and windash make more than {MaxLength:N0} characters of the rule's values; name fewer values, or split the rule");
    }
}
