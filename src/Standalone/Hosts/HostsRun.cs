using System.Globalization;
using Azure.Storage.Blobs;
using LogMonitor.Core.Pipeline;
using LogMonitor.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection;

namespace LogMonitor.Standalone.Hosts;

/// <summary>What <c>logmonitor hosts</c> does with an instance's storage.</summary>
/// <param name="services">Those of the instance.</param>
/// <param name="output">Results: what a file or a program takes.</param>
/// <param name="remarks">What a person is to know and do.</param>
sealed class HostsRun(IServiceProvider services, TextWriter output, TextWriter remarks)
{
    readonly BlobServiceClient account = services.GetRequiredService<BlobServiceClient>();
    readonly IHostStore hosts = services.GetRequiredService<IHostStore>();

    CreateOnlySas Signatures => new(account, services.GetRequiredService<TimeProvider>());

    /// <summary>The container of uploads.</summary>
    public Uri IncomingUrl => account.GetBlobContainerClient(Containers.Incoming).Uri;

    /// <summary>Every host that was heard of.</summary>
    public async Task<int> ListAsync(CancellationToken cancellationToken)
    {
        var known = await hosts.ListAsync(cancellationToken);
        if (known.Count == 0)
        {
            await output.WriteLineAsync("No host was heard of.");
            return 0;
        }
        var width = Math.Max(4, known.Max(host => host.Host.Length));
        await output.WriteLineAsync($"{"host".PadRight(width)}  {"last chunk",-20}  {"last event",-20}  last heartbeat");
        foreach (var host in known)
            await output.WriteLineAsync($"{host.Host.PadRight(width)}  {Time(host.LastIngest),-20}  {Time(host.LastEvent),-20}  {Time(host.LastHeartbeat)}");
        return 0;
    }

    /// <summary>The configuration of a host that uploads with a signature.</summary>
    /// <param name="folder">Where configuration and signature are written as files; null for both in one, on the output.</param>
    public async Task<int> AddWithSignatureAsync(NewHost host, int days, string policy, string? folder, CancellationToken cancellationToken)
    {
        if (await hosts.FindAsync(host.Name, cancellationToken) is { LastIngest: { } last })
            await remarks.WriteLineAsync($"{host.Name} is known: its last chunk came {Time(last)}. Two machines of one name would have their logs counted together.\n");
        var sas = await Signatures.IssueAsync(days, policy, cancellationToken);
        if (folder is null) await output.WriteAsync(host.WithSignature(sas, inFile: false));
        else
        {
            await HostFiles.WriteAsync(folder, host.WithSignature(sas, inFile: true), sas, cancellationToken);
            await remarks.WriteLineAsync($"Written: {Path.Combine(folder, HostFiles.Configuration)}, and the signature {Path.Combine(folder, HostFiles.Secret)}, which goes to {ShipperTemplate.SecretFile} there.");
        }
        await remarks.WriteAsync(host.Remarks($"""

            Its signature holds for {days} days, creates blobs in the whole container under any name, and does nothing else. An identity can be limited to the host's own names: use
            --credential managed-identity where the host has one. A new signature: logmonitor hosts sas. To take all back: {TakeBack(policy)}
            """));
        return 0;
    }

    /// <summary>A new signature alone, for a shipper's secret file.</summary>
    public async Task<int> SignAsync(int days, string policy, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(await Signatures.IssueAsync(days, policy, cancellationToken));
        return 0;
    }

    /// <summary>Makes each signature under a policy worthless.</summary>
    public async Task<int> RevokeAsync(string policy, CancellationToken cancellationToken)
    {
        if (!Signatures.IsByKey) throw new UserErrorException($"Signatures that an identity vouches for are taken back by the Azure CLI: {TakeBack(policy)}");
        if (!await Signatures.RevokeAsync(policy, cancellationToken)) throw new UserErrorException($"The container has no policy '{policy}': no signature is under it.");
        await output.WriteLineAsync($"Revoked: within half a minute no signature under the policy '{policy}' is taken. Their shippers keep their positions, and go on with a new one.");
        return 0;
    }

    string TakeBack(string policy) => Signatures.IsByKey
        ? $"logmonitor hosts revoke{(policy == CreateOnlySas.DefaultPolicy ? "" : $" --policy {policy}")}"
        : $"az storage account revoke-delegation-keys --name {account.AccountName} --resource-group GROUP";

    static string Time(DateTimeOffset? at) => at is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";
}
