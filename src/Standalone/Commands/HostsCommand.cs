using System.CommandLine;
using LogMonitor.Core.Chunks;
using LogMonitor.Core.Text;
using LogMonitor.Standalone.Alerts;
using LogMonitor.Standalone.Hosts;
using LogMonitor.Storage.Blobs;

namespace LogMonitor.Standalone.Commands;

/// <summary><c>logmonitor hosts</c>: which hosts ship, and what another one needs for it, with the right to add blobs and no other.</summary>
static class HostsCommand
{
    const string ManagedIdentity = "managed-identity", ClientSecret = "client-secret", Sas = "sas";

    static readonly Option<string?> storage = new("--storage") { Description = "The storage account of the instance, as for up. Without it that of 'logmonitor up' on this machine.", Recursive = true };
    static readonly Option<string> data = new("--data") { Description = "The data directory of 'logmonitor up'.", DefaultValueFactory = _ => ".logmonitor", Recursive = true };
    static readonly Option<string> policy = new("--policy") { Description = "Of signatures by an account's key: the stored access policy that they are under. A container may have five.", DefaultValueFactory = _ => CreateOnlySas.DefaultPolicy };

    public static Command Create() => new("hosts", "List hosts, and add one: its shipper's configuration, and the right to upload.") { storage, data, List(), Add(), Sign(), Revoke() };

    static Command List()
    {
        var command = new Command("list", "List the hosts that were heard of.");
        command.SetAction((parsed, token) => RunAsync(parsed, run => run.ListAsync(token)));
        return command;
    }

    static Command Add()
    {
        var host = new Argument<string>("HOST") { Description = "Its name in reports and alerts: letters, digits, '.', '_' and '-'." };
        host.Validators.Add(result => { if (!ChunkId.IsHost(result.GetValueOrDefault<string>())) result.AddError($"HOST must be letters, digits, '.', '_' and '-', beginning with a letter or digit, but is '{DisplayText.From(result.GetValueOrDefault<string>(), 100)}'."); });
        var credential = new Option<string>("--credential") { Description = "As what it uploads. managed-identity: as an Azure VM, or a machine in Azure Arc. client-secret: as an application. sas: with a signature, for hosts without an identity and for Azurite.", DefaultValueFactory = _ => ManagedIdentity };
        CommandLineValues.AcceptOnly(credential, [ManagedIdentity, ClientSecret, Sas]);
        var url = new Option<string?>("--url") { Description = "The container of uploads. Without it, what the variable LOGMONITOR_INCOMING_URL says ('azd env get-values'), or the instance's." };
        var role = new Option<string?>("--role") { Description = "The role that may add blobs, by name or id. Without it, what the variable LOGMONITOR_CHUNK_WRITER_ROLE says, or 'LogMonitor chunk writer'." };
        var machine = new Option<string?>("--machine") { Description = "What kind of machine it is, with --resource-group: its identity is looked up." };
        CommandLineValues.AcceptOnly(machine, ["vm", "arc"]);
        var group = new Option<string?>("--resource-group") { Description = "Where the machine is." };
        var principal = new Option<string?>("--principal") { Description = "The object id of its identity, instead of --machine." };
        var tenant = new Option<string?>("--tenant") { Description = "Of an application: its tenant." };
        var client = new Option<string?>("--client") { Description = "Of an application, or of one of several identities of a machine: its client id." };
        var log = new Option<string[]>("--log") { Description = "A log to follow: a path or a glob. May be given several times. Without it those of nginx, Apache and sshd." };
        var days = Days("sas: how long it holds");
        var folder = new Option<string?>("--output") { Description = "A directory for the files, which only you can read. Without it the configuration is written to standard output." };
        var command = new Command("add", "Print the configuration of a new host's shipper, and how it gets the right to upload.") { host, credential, url, role, machine, group, principal, tenant, client, log, days, policy, folder };
        command.SetAction((parsed, token) =>
        {
            var kind = parsed.GetValue(credential)!;
            var name = parsed.GetValue(host)!;
            var named = Named(parsed.GetValue(url), "LOGMONITOR_INCOMING_URL");
            var isApplication = kind == ClientSecret;
            if (isApplication && (parsed.GetValue(tenant) is null || parsed.GetValue(client) is null))
                throw new UserErrorException($"--tenant and --client are missing: an application, such as 'az ad sp create-for-rbac --name logmonitor-{name}' makes and prints.");
            if (!isApplication && parsed.GetValue(tenant) is not null) throw new UserErrorException("--tenant is for --credential client-secret.");
            if (parsed.GetValue(machine) is not null && parsed.GetValue(group) is null) throw new UserErrorException("--resource-group is missing: the machine's.");
            NewHost New(Uri incoming) => new(name, incoming)
            {
                Logs = parsed.GetValue(log) ?? [],
                Role = Named(parsed.GetValue(role), "LOGMONITOR_CHUNK_WRITER_ROLE") ?? "LogMonitor chunk writer",
                Tenant = parsed.GetValue(tenant),
                Client = parsed.GetValue(client),
                Principal = parsed.GetValue(principal) ?? (isApplication ? RoleAssignment.OfApplication(parsed.GetValue(client)!) : (parsed.GetValue(machine), parsed.GetValue(group)) switch
                {
                    ("vm", { } place) => RoleAssignment.OfVirtualMachine(name, place),
                    ("arc", { } place) => RoleAssignment.OfArc(name, place),
                    _ => "OBJECT_ID   # of the host's identity",
                }),
            };

            if (kind == Sas) return RunAsync(parsed, run => run.AddWithSignatureAsync(New(named is null ? run.IncomingUrl : Container(named)), parsed.GetValue(days), parsed.GetValue(policy)!, parsed.GetValue(folder), token));
            return named is not null ? PrintAsync(New(Container(named)), parsed.GetValue(folder), token) : RunAsync(parsed, run => PrintAsync(New(run.IncomingUrl), parsed.GetValue(folder), token));
        });
        return command;
    }

    static Command Sign()
    {
        var days = Days("How long it holds");
        var command = new Command("sas", "Print a new signature: for the secret file of a shipper whose own ends soon.") { days, policy };
        command.SetAction((parsed, token) => RunAsync(parsed, run => run.SignAsync(parsed.GetValue(days), parsed.GetValue(policy)!, token)));
        return command;
    }

    static Command Revoke()
    {
        var command = new Command("revoke", "Take back all signatures under a policy.") { policy };
        command.SetAction((parsed, token) => RunAsync(parsed, run => run.RevokeAsync(parsed.GetValue(policy)!, token)));
        return command;
    }

    static Option<int> Days(string what)
    {
        var days = new Option<int>("--days") { Description = $"{what}, in days: 1 to {CreateOnlySas.MaxDays}, or to {CreateOnlySas.MaxDelegatedDays} where an identity vouches for it.", DefaultValueFactory = _ => CreateOnlySas.MaxDelegatedDays };
        days.Validators.Add(result => { if (result.Tokens is [{ Value: var text }, ..] && !(int.TryParse(text, out var value) && value is >= 1 and <= CreateOnlySas.MaxDays)) result.AddError($"--days must be a whole number from 1 to {CreateOnlySas.MaxDays}, but is '{DisplayText.From(text, 40)}'."); });
        return days;
    }

    static async Task<int> PrintAsync(NewHost host, string? folder, CancellationToken cancellationToken)
    {
        var (configuration, remarks) = host.WithIdentity();
        if (folder is null) await Console.Out.WriteAsync(configuration);
        else await HostFiles.WriteAsync(folder, configuration, null, cancellationToken);
        await Console.Error.WriteAsync(remarks);
        return 0;
    }

    static string? Named(string? option, string variable) => option is { Length: > 0 } ? option : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    static Uri Container(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.AbsolutePath.Trim('/').Length > 0 && uri.Query.Length == 0
        ? uri : throw new UserErrorException($"--url is '{DisplayText.From(text.Split('?')[0], 200)}', but must be the address of a container, such as https://ACCOUNT.blob.core.windows.net/{Containers.Incoming}.");

    static async Task<int> RunAsync(ParseResult parsed, Func<HostsRun, Task<int>> run)
    {
        await using var services = AlertServices.Create(parsed.GetValue(storage), parsed.GetValue(data)!);
        return await AlertsRun.WithStorageAsync(() => run(new HostsRun(services, Console.Out, Console.Error)));
    }
}
