namespace LogMonitor.Core.Detection;

/// <summary>What is wrong with a rule, and where; the rule is skipped, the others run.</summary>
/// <param name="File">The file's name as given.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Message">What was found and what is allowed.</param>
public sealed record RuleError(string File, long Line, long Column, string Message)
{
    /// <summary>What is wrong with a file as a whole.</summary>
    public static RuleError OfFile(string file, string message) => new(file, 1, 1, message);

    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>Thrown within the loader; becomes a <see cref="RuleError"/> at the document's boundary.</summary>
sealed class RuleException(YamlDotNet.Core.Mark at, string message) : Exception(message)
{
    public YamlDotNet.Core.Mark At { get; } = at;
}
