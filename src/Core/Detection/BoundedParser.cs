using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace LogMonitor.Core.Detection;

/// <summary>
/// Refuses YAML that would cost more to load than it is long: deep nesting (nodes are built, compared and hashed recursively, and
/// a stack overflow ends the process) and aliases (which can refer to themselves, or multiply).
/// </summary>
sealed class BoundedParser(IParser inner) : IParser
{
    /// <summary>A rule needs five: document, detection, search, list, map.</summary>
    const int MaxDepth = 20;

    int depth;

    public ParsingEvent? Current => inner.Current;

    /// <exception cref="RuleException">A limit is exceeded.</exception>
    public bool MoveNext()
    {
        if (!inner.MoveNext()) return false;
        switch (inner.Current)
        {
            case AnchorAlias alias:
                throw new RuleException(alias.Start, $"aliases ('*{alias.Value}') are not supported; write the value itself");
            case MappingStart or SequenceStart when ++depth > MaxDepth:
                throw new RuleException(inner.Current.Start, $"nested deeper than {MaxDepth}");
            case MappingEnd or SequenceEnd:
                depth--;
                break;
        }
        return true;
    }
}
