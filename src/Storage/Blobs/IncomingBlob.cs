using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;

namespace LogMonitor.Storage.Blobs;

/// <summary>A blob of the container <c>incoming</c>, as the blob trigger delivers it.</summary>
/// <param name="blob">The blob.</param>
/// <param name="name">Its name within the container.</param>
public sealed class IncomingBlob(BlobClient blob, string name) : IIncomingBlob
{
    /// <summary>What a blob's name may have, in characters, less the ending of the reason's file.</summary>
    const int MaxNameLength = 1024 - 11;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public async Task<(Stream Content, ChunkMetadata Metadata)?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var download = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            return (download.Content, ChunkMetadata.FromBlobMetadata(download.Details.Metadata, download.Details.LastModified));
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken) => blob.DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async Task QuarantineAsync(string reason, CancellationToken cancellationToken)
    {
        var quarantine = blob.GetParentBlobContainerClient().GetParentBlobServiceClient().GetBlobContainerClient(Containers.Quarantine);
        var target = name.Length <= MaxNameLength ? name : $"{name[..(MaxNameLength - 65)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))}";
        try
        {
            await CopyAsync(quarantine.GetBlobClient(target), cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return; // moved by an earlier delivery
        }
        await quarantine.GetBlobClient(target + ".reason.txt").UploadAsync(
            BinaryData.FromString($"{DisplayText.From(name)}\n{DisplayText.From(reason)}\n"), overwrite: true, cancellationToken).ConfigureAwait(false);
        await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies by streaming, so that no key or signature is needed; throws unless the copy has the original's length and MD5.</summary>
    async Task CopyAsync(BlobClient target, CancellationToken cancellationToken)
    {
        var source = (await blob.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await using (var hashed = new HashingStream(source.Content, md5))
            await target.UploadAsync(hashed, new BlobUploadOptions { Metadata = source.Details.Metadata }, cancellationToken).ConfigureAwait(false);
        var copy = (await target.DownloadStreamingAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        using var again = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        await using (var hashed = new HashingStream(copy.Content, again)) await hashed.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
        if (!md5.GetHashAndReset().AsSpan().SequenceEqual(again.GetHashAndReset()))
            throw new IOException($"The copy of '{DisplayText.From(name)}' in the container '{Containers.Quarantine}' differs from the original; the original stays.");
    }
}
