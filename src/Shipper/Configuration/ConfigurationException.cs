namespace LogMonitor.Shipper.Configuration;

/// <summary>What is wrong with a configuration, and where.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What was found and what is allowed; never a secret.</param>
sealed record ConfigurationProblem(string File, long Line, long Column, string Message)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>The configuration can't be used. All that is wrong with it is said at once, so that one look mends it.</summary>
sealed class ConfigurationException(IReadOnlyList<ConfigurationProblem> problems) : Exception(string.Join("; ", problems))
{
    public IReadOnlyList<ConfigurationProblem> Problems => problems;
}
