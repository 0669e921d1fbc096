using Azure.Data.Tables;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Pipeline;

namespace LogMonitor.Storage.Tables;

/// <summary>The table Operators: a partition with acknowledgements by alert, and one with silences by id.</summary>
sealed class OperatorTable(TableClient table, TimeProvider time) : IOperatorStore
{
    const string Acknowledgements = "acknowledgements", Silences = "silences";

    /// <summary>Ended silences are shown for so long, and taken away when somebody lists them after that.</summary>
    static readonly TimeSpan shownAfterEnd = TimeSpan.FromDays(7);

    public Task AcknowledgeAsync(Acknowledgement acknowledgement, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(Acknowledgements, acknowledgement.AlertId).SetJson(acknowledgement, CoreJson.Default.Acknowledgement), cancellationToken);

    public async Task<IReadOnlyList<Acknowledgement>> ListAcknowledgementsAsync(CancellationToken cancellationToken)
    {
        var all = new List<Acknowledgement>();
        await foreach (var row in table.RangeAsync(Acknowledgements, "", cancellationToken).ConfigureAwait(false)) all.Add(row.GetJson(CoreJson.Default.Acknowledgement));
        return all;
    }

    public Task ForgetAcknowledgementAsync(string alertId, CancellationToken cancellationToken) => table.DeleteIfExistsAsync(Acknowledgements, alertId, cancellationToken);

    public Task SilenceAsync(Silence silence, CancellationToken cancellationToken) =>
        table.UpsertAsync(new TableEntity(Silences, silence.Id) { ["Until"] = silence.Until }.SetJson(silence, CoreJson.Default.Silence), cancellationToken);

    public async Task<IReadOnlyList<Silence>> ListSilencesAsync(CancellationToken cancellationToken)
    {
        var all = new List<Silence>();
        await foreach (var row in table.RangeAsync(Silences, "", cancellationToken).ConfigureAwait(false))
            if (row.GetJson(CoreJson.Default.Silence) is var silence && silence.Until > time.GetUtcNow() - shownAfterEnd) all.Add(silence);
            else await table.DeleteIfExistsAsync(Silences, row.RowKey, cancellationToken).ConfigureAwait(false);
        return [.. all.OrderByDescending(silence => silence.Until).ThenBy(silence => silence.Id, StringComparer.Ordinal)];
    }

    public async Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(Silences, id, cancellationToken).ConfigureAwait(false) is null) return false;
        await table.DeleteIfExistsAsync(Silences, id, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
