using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LogMonitor.Core.Detection;

/// <summary>One YAML document of a rule file.</summary>
sealed record RuleDocument(string File, YamlMappingNode Map)
{
    public bool Has(string key) => Map.TryGet(key, out _);
}

/// <summary>Splits rule files into their documents, and turns what is thrown about one into an error with its place.</summary>
sealed class RuleDocuments(List<RuleError> errors)
{
    /// <summary>The longest file, in characters: 1 Mi.</summary>
    const int MaxFileLength = 1 << 20;

    /// <summary>The documents of a file. What stands before a mistake in the YAML is loaded.</summary>
    public List<RuleDocument> Read(string file, string yaml)
    {
        var documents = new List<RuleDocument>();
        foreach (var root in ReadRoots(file, yaml))
            if (root is YamlMappingNode map) documents.Add(new RuleDocument(file, map));
            else errors.Add(new RuleError(file, root.Start.Line, root.Start.Column, "a rule must be a map with title, logsource and detection"));
        return documents;
    }

    /// <summary>What the documents of a file are, without empty ones.</summary>
    public IEnumerable<YamlNode> ReadRoots(string file, string yaml)
    {
        if (yaml.Length > MaxFileLength)
        {
            errors.Add(RuleError.OfFile(file, $"the file is longer than {MaxFileLength:N0} characters; split it"));
            return [];
        }
        var stream = new YamlStream();
        Try(file, () => stream.Load(new BoundedParser(new Parser(new StringReader(yaml)))));
        return stream.Documents.Select(document => document.RootNode).Where(root => !root.IsNull());
    }

    /// <summary>Does something with a document of a file; false where that failed, and the error was added.</summary>
    public bool Try(string file, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (RuleException e)
        {
            errors.Add(new RuleError(file, e.At.Line, e.At.Column, e.Message));
        }
        catch (YamlException e)
        {
            errors.Add(new RuleError(file, e.Start.Line, e.Start.Column, $"not YAML: {e.Message}"));
        }
        // YamlDotNet's scanner throws these for some malformed plain scalars and escapes, without saying where.
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            errors.Add(new RuleError(file, 1, 1, $"not YAML, at a place that can't be told: {e.Message}"));
        }
        return false;
    }
}
