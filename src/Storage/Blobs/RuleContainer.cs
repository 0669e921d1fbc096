using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.RuleTests;

namespace LogMonitor.Storage.Blobs;

/// <summary>The container <c>rules</c>: users' rules where there is no directory, in an Azure app.</summary>
sealed class RuleContainer(BlobContainerClient container) : IRuleSource
{
    /// <summary>Larger files are not read: 4 MiB, more than the longest rule file can have.</summary>
    const long MaxBytes = 4L << 20;

    public string Prefix => $"{container.Name}/";

    /// <summary>30 seconds: each look is a request that is billed.</summary>
    public TimeSpan Interval => TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<RuleFile>> ListAsync(CancellationToken cancellationToken)
    {
        var files = new List<RuleFile>();
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            if (IsRuleFile(blob.Name)) files.Add(new RuleFile(blob.Name, $"{blob.Properties.ETag} {blob.Properties.ContentLength}"));
        return files;
    }

    public async Task<string> ReadAsync(RuleFile file, CancellationToken cancellationToken)
    {
        // What is too long for a rule file is told so by the loader; it need not be read for that.
        var blob = container.GetBlobClient(file.Name);
        var properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        if (properties.Value.ContentLength > MaxBytes) return new string('#', (int)MaxBytes);
        return (await blob.DownloadContentAsync(cancellationToken).ConfigureAwait(false)).Value.Content.ToString();
    }

    static bool IsRuleFile(string name) =>
        (name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase))
        && !RuleTestReader.IsTestFile(name) && !name.Split('/').Any(part => part.StartsWith('.'));
}
