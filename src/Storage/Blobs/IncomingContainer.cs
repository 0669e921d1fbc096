using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Blobs;

/// <summary>The container <c>incoming</c>.</summary>
sealed class IncomingContainer(BlobContainerClient container) : IIncomingContainer
{
    public async IAsyncEnumerable<(string Name, DateTimeOffset UploadedAt)> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return (blob.Name, blob.Properties.LastModified ?? DateTimeOffset.UnixEpoch);
    }

    public IIncomingBlob Open(string name) => new IncomingBlob(container.GetBlobClient(name), name);
}
