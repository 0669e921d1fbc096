using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using LogMonitor.Core.Retention;

namespace LogMonitor.Storage.Blobs;

/// <summary>
/// Expires blobs by when they were last written. In Azure a policy of the account does the same for nothing; Azurite knows none. Listing costs next to nothing: 5,000 at a time, once
/// a day.
/// </summary>
/// <param name="container">Where.</param>
/// <param name="before">Which cutoff holds for it.</param>
sealed class ExpiredBlobs(BlobContainerClient container, Func<Cutoffs, DateTimeOffset?> before) : IExpiring
{
    /// <summary>Blobs looked at in a step.</summary>
    const int Look = 500;

    public string Name => container.Name;

    public async IAsyncEnumerable<ExpiryStep> ExpireAsync(Cutoffs cutoffs, string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (before(cutoffs) is not { } cutoff) yield break;
        await foreach (var page in container.GetBlobsAsync(cancellationToken: cancellationToken).AsPages(pageSizeHint: Look).ConfigureAwait(false))
        {
            var deleted = 0;
            foreach (var blob in page.Values.Where(blob => blob.Properties.LastModified < cutoff))
                if (await TryDeleteAsync(blob, cancellationToken).ConfigureAwait(false)) deleted++;
            yield return new(deleted);
        }
    }

    /// <summary>False when it was written meanwhile, or is gone.</summary>
    async Task<bool> TryDeleteAsync(BlobItem blob, CancellationToken cancellationToken)
    {
        try
        {
            return await container.GetBlobClient(blob.Name).DeleteIfExistsAsync(
                conditions: blob.Properties.ETag is { } tag ? new BlobRequestConditions { IfMatch = tag } : null, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }
}
