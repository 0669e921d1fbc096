using YamlDotNet.RepresentationModel;

namespace LogMonitor.Shipper.Configuration;

/// <summary>Collects what is wrong with one file.</summary>
sealed class ConfigurationProblems(string file)
{
    readonly List<ConfigurationProblem> all = [];

    public void Add(YamlNode? at, YamlNode? otherwise, string message)
    {
        var mark = (at ?? otherwise)?.Start;
        Add(mark?.Line ?? 1, mark?.Column ?? 1, message);
    }

    public void Add(YamlNode at, string message) => Add(at, null, message);

    public void Add(long line, long column, string message) => all.Add(new(file, line, column, message));

    /// <summary>Notes that a node is of another kind, and is the value to go on with.</summary>
    public T? Wrong<T>(YamlNode node, string what, string expected) where T : class
    {
        var found = node switch
        {
            YamlMappingNode => "a map",
            YamlSequenceNode => "a list",
            YamlScalarNode { Value: { Length: > 0 } value } => $"'{Shown(value)}'",
            _ => "nothing",
        };
        Add(node, $"{what} is {found}; it must be {expected}");
        return null;
    }

    /// <summary>As much of a value as a message may show: a secret in the wrong place is none the less one.</summary>
    public static string Shown(string value) =>
        value.Contains("sig=", StringComparison.OrdinalIgnoreCase) || value.Contains("AccountKey=", StringComparison.OrdinalIgnoreCase)
            ? "(a secret)"
            : Core.Text.DisplayText.From(value, maxLength: 100).ToString();

    /// <exception cref="ConfigurationException">Something was noted.</exception>
    public void ThrowIfAny()
    {
        if (all.Count > 0) throw new ConfigurationException([.. all.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
    }
}
