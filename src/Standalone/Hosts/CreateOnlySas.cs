using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Standalone.Hosts;

/// <summary>A signature with which a host may create blobs in <c>incoming</c>, and do nothing else: not read, list, overwrite or delete.</summary>
/// <remarks>
/// A shared access signature holds for a whole container, not for the names of one host. Formats: "Create a user delegation SAS" and "Define a stored access policy",
/// learn.microsoft.com.
/// </remarks>
sealed class CreateOnlySas(BlobServiceClient service, TimeProvider time)
{
    /// <summary>The stored access policy that signatures by an account's key come under: without it none of them holds.</summary>
    public const string DefaultPolicy = "shippers";

    /// <summary>How long a signature can hold that an identity vouches for.</summary>
    public const int MaxDelegatedDays = 7;

    /// <summary>And one by an account's key.</summary>
    public const int MaxDays = 366;

    const string Permissions = "c";

    readonly BlobContainerClient incoming = service.GetBlobContainerClient(Containers.Incoming);

    /// <summary>Against clocks that go before ours.</summary>
    static readonly TimeSpan slack = TimeSpan.FromMinutes(5);

    /// <summary>Whether it is signed with the account's key, as for Azurite; else an identity vouches for it.</summary>
    public bool IsByKey => incoming.CanGenerateSasUri;

    /// <summary>Makes one, as it stands in a URL behind the question mark.</summary>
    /// <param name="days">How long it holds.</param>
    /// <param name="policy">The policy's name; made where it is not there.</param>
    /// <exception cref="UserErrorException">It can't hold so long.</exception>
    /// <exception cref="RequestFailedException">The account refuses.</exception>
    public async Task<string> IssueAsync(int days, string policy, CancellationToken cancellationToken)
    {
        if (days > (IsByKey ? MaxDays : MaxDelegatedDays))
            throw new UserErrorException($"--days is {days}, but a signature {(IsByKey ? $"should hold for at most {MaxDays} days" : $"that an identity vouches for holds for at most {MaxDelegatedDays} days")}.");
        var now = time.GetUtcNow();
        var sas = new BlobSasBuilder { BlobContainerName = incoming.Name, Resource = "c", StartsOn = now - slack, ExpiresOn = now.AddDays(days) };
        if (incoming.Uri.Scheme == Uri.UriSchemeHttps) sas.Protocol = SasProtocol.Https;
        if (!IsByKey)
        {
            sas.SetPermissions(Permissions);
            UserDelegationKey key = await service.GetUserDelegationKeyAsync(sas.StartsOn, sas.ExpiresOn, cancellationToken);
            return sas.ToSasQueryParameters(key, service.AccountName).ToString();
        }
        await KeepPolicyAsync(policy, cancellationToken);
        // What it permits stands in the policy alone.
        sas.Identifier = policy;
        return incoming.GenerateSasUri(sas).Query[1..];
    }

    /// <summary>Takes a policy away, and with it each signature under it; false where there is none.</summary>
    public async Task<bool> RevokeAsync(string policy, CancellationToken cancellationToken)
    {
        BlobContainerAccessPolicy found = await incoming.GetAccessPolicyAsync(cancellationToken: cancellationToken);
        var others = found.SignedIdentifiers.Where(identifier => identifier.Id != policy).ToList();
        if (others.Count == found.SignedIdentifiers.Count()) return false;
        await incoming.SetAccessPolicyAsync(found.BlobPublicAccess, others, Unchanged(found), cancellationToken);
        return true;
    }

    async Task KeepPolicyAsync(string policy, CancellationToken cancellationToken)
    {
        BlobContainerAccessPolicy found = await incoming.GetAccessPolicyAsync(cancellationToken: cancellationToken);
        if (found.SignedIdentifiers.FirstOrDefault(identifier => identifier.Id == policy) is { } known)
        {
            if (known.AccessPolicy.Permissions != Permissions)
                throw new UserErrorException($"The container has a policy '{policy}' that permits '{known.AccessPolicy.Permissions}', not just to create ('{Permissions}'). Name another with --policy.");
            return;
        }
        if (found.SignedIdentifiers.Count() >= 5) throw new UserErrorException("The container has five policies, which is as many as it may have. Name one of them with --policy, or revoke one.");
        await incoming.SetAccessPolicyAsync(
            found.BlobPublicAccess, [.. found.SignedIdentifiers, new BlobSignedIdentifier { Id = policy, AccessPolicy = new BlobAccessPolicy { Permissions = Permissions } }], Unchanged(found), cancellationToken);
    }

    static BlobRequestConditions Unchanged(BlobContainerAccessPolicy found) => new() { IfUnmodifiedSince = found.LastModified };
}
