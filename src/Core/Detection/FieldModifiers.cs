using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace LogMonitor.Core.Detection;

/// <summary>What the values of a field are compared as.</summary>
enum ValueKind { Text, Regex, Cidr, Exists, Number, FieldReference }

/// <summary>The modifiers behind a field's name, <c>cs-uri-query|base64offset|contains</c>.</summary>
/// <remarks>Source: Sigma Modifiers Appendix 2.1.</remarks>
sealed class FieldModifiers
{
    const string Known = "all, base64, base64offset, cased, cidr, contains, endswith, exists, expand, fieldref, gt, gte, lt, lte, neq, re (with i, m, s), startswith, utf16, utf16be, utf16le, wide and windash";

    /// <summary>Encodings one after the other: four is more than anybody sends, and each <c>base64offset</c> makes three forms of one.</summary>
    const int MaxEncodings = 4;

    /// <summary>Of a shorter text, <c>base64offset</c> has forms of one or two characters, or of none: they would stand in nearly every line.</summary>
    const int MinOffsetBytes = 3;

    readonly List<Func<byte[], Mark, IEnumerable<byte[]>>> encodings = [];

    /// <summary>Where in the text a value must stand.</summary>
    public TextComparison Comparison { get; private set; }

    public ValueKind Kind { get; private set; }

    public NumberComparison Number { get; private set; }

    public RegexOptions Regex { get; private set; } = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>All values must match, not just one.</summary>
    public bool All { get; private set; }
    public bool Cased { get; private set; }
    public bool Negated { get; private set; }

    /// <summary>Values hold placeholders, <c>%name%</c>.</summary>
    public bool Expand { get; private set; }
    public bool Windash { get; private set; }

    /// <summary>Whether values are encoded, and so can't hold wildcards.</summary>
    public bool IsEncoded => encodings.Count > 0;

    /// <summary>Whether a value is compared as it is written, so that null and an empty text can be one.</summary>
    public bool IsPlain => Kind == ValueKind.Text && Comparison == TextComparison.Equals && !IsEncoded && !Windash && !Expand;

    /// <exception cref="RuleException">A modifier is unknown, or contradicts another.</exception>
    public static FieldModifiers Parse(IEnumerable<string> names, string key, Mark at)
    {
        var modifiers = new FieldModifiers();
        foreach (var name in names)
            if (!modifiers.Add(name, out var clash)) throw new RuleException(at, clash ? $"'{key}': '{name}' contradicts a modifier before it" : $"the modifier '{name}' is not supported; {Known} are");
        var isComparison = modifiers.Kind is ValueKind.Text or ValueKind.FieldReference;
        if (!isComparison && modifiers.Comparison != TextComparison.Equals || modifiers.Kind != ValueKind.Text && (modifiers.IsEncoded || modifiers.Windash))
            throw new RuleException(at, $"'{key}': {modifiers.KindName} compares the whole value, and goes with no modifier that changes it");
        if (modifiers.Expand && modifiers.Kind is ValueKind.Exists or ValueKind.FieldReference)
            throw new RuleException(at, $"'{key}': {modifiers.KindName} takes no placeholders");
        if (modifiers.encodings.Count > MaxEncodings)
            throw new RuleException(at, $"the value has {modifiers.encodings.Count} encodings one after the other, at most {MaxEncodings} are supported");
        return modifiers;
    }

    string KindName => Kind == ValueKind.FieldReference ? "fieldref" : Kind.ToString().ToLowerInvariant();

    /// <summary>The forms of a text, encoded one after the other.</summary>
    /// <exception cref="RuleException">It is too short for them to say anything.</exception>
    public IEnumerable<byte[]> Encode(string value, Mark at)
    {
        IEnumerable<byte[]> forms = [Encoding.UTF8.GetBytes(value)];
        foreach (var encoding in encodings) forms = forms.SelectMany(form => encoding(form, at));
        return forms;
    }

    bool Add(string name, out bool clash)
    {
        clash = false;
        switch (name)
        {
            case "contains": return Compare(TextComparison.Contains, out clash);
            case "startswith": return Compare(TextComparison.StartsWith, out clash);
            case "endswith": return Compare(TextComparison.EndsWith, out clash);
            case "all": return All = true;
            case "cased": return Cased = true;
            case "neq": return Negated = true;
            case "expand": return Expand = true;
            case "windash": return Windash = true;
            case "re": return Be(ValueKind.Regex, out clash);
            case "i" when Kind == ValueKind.Regex: return With(RegexOptions.IgnoreCase);
            case "m" when Kind == ValueKind.Regex: return With(RegexOptions.Multiline);
            case "s" when Kind == ValueKind.Regex: return With(RegexOptions.Singleline);
            case "cidr": return Be(ValueKind.Cidr, out clash);
            case "exists": return Be(ValueKind.Exists, out clash);
            case "fieldref": return Be(ValueKind.FieldReference, out clash);
            case "lt": return Be(ValueKind.Number, out clash, NumberComparison.Less);
            case "lte": return Be(ValueKind.Number, out clash, NumberComparison.LessOrEqual);
            case "gt": return Be(ValueKind.Number, out clash, NumberComparison.Greater);
            case "gte": return Be(ValueKind.Number, out clash, NumberComparison.GreaterOrEqual);
            case "wide" or "utf16le": return With((text, _) => [Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(text))]);
            case "utf16be": return With((text, _) => [Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(text))]);
            case "utf16": return With((text, _) => [[0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(text))]]);
            case "base64": return With((text, _) => [Encoding.ASCII.GetBytes(Convert.ToBase64String(text))]);
            case "base64offset": return With(Base64Offsets);
            default: return false;
        }
    }

    bool Compare(TextComparison comparison, out bool clash)
    {
        clash = Comparison != TextComparison.Equals;
        Comparison = comparison;
        return !clash;
    }

    bool Be(ValueKind kind, out bool clash, NumberComparison number = default)
    {
        clash = Kind != ValueKind.Text;
        (Kind, Number) = (kind, number);
        return !clash;
    }

    bool With(RegexOptions option)
    {
        Regex |= option;
        return true;
    }

    bool With(Func<byte[], Mark, IEnumerable<byte[]>> encoding)
    {
        encodings.Add(encoding);
        return true;
    }

    /// <summary>What of a text's base64 form is the same whatever stands around it: one form for each place that it can begin at in three bytes.</summary>
    static IEnumerable<byte[]> Base64Offsets(byte[] text, Mark at)
    {
        if (text.Length < MinOffsetBytes) throw new RuleException(at, $"base64offset needs a value of at least {MinOffsetBytes} bytes: of fewer, the forms would stand in nearly every line");
        int[] startOf = [0, 2, 3], endOf = [0, 3, 2];
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String([.. new byte[offset], .. text]);
            var end = endOf[(text.Length + offset) % 3];
            yield return Encoding.ASCII.GetBytes(encoded[startOf[offset]..^end]);
        }
    }
}
