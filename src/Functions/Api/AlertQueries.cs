using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Pipeline;
using LogMonitor.Core.Text;

namespace LogMonitor.Functions.Api;

/// <summary>The dashboard's questions about alerts. What people have said about them is shown at once, not only when an evaluation has seen it.</summary>
public sealed class AlertQueries(IAlertStore alerts, IOutbox outbox, IOperatorStore people, AlertOperations operations, TimeProvider time)
{
    /// <summary>The open alerts, or the latest opened; the gravest first.</summary>
    public async Task<IReadOnlyList<AlertView>> ListAsync(bool openOnly, int take, CancellationToken cancellationToken)
    {
        var found = openOnly
            ? [.. (await alerts.ListOpenAsync(cancellationToken).ConfigureAwait(false)).Where(alert => alert.State == AlertState.Open)]
            : await alerts.ListRecentAsync(take, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (found.Count == 0) return [];
        var said = await SaidAsync(cancellationToken).ConfigureAwait(false);
        return [.. found.OrderByDescending(alert => alert.Level).ThenByDescending(alert => alert.Last).Take(take).Select(alert => ToView(alert, said))];
    }

    /// <summary>All that is known of an alert.</summary>
    public async Task<AlertDetailsView> DescribeAsync(Alert alert, OperatorView asker, CancellationToken cancellationToken)
    {
        var said = await SaidAsync(cancellationToken).ConfigureAwait(false);
        var deliveries = await outbox.ListOfAsync(alert.Id, cancellationToken).ConfigureAwait(false);
        return new AlertDetailsView(
            ToView(alert, said), alert.Name, alert.OpenedAt, alert.ResolvedAt, PartOf(alert), alert.FindTechniques(),
            [.. deliveries.OrderBy(delivery => delivery.History?[0].At ?? delivery.NextAttempt).Select(delivery => ToView(delivery, alert))],
            [.. said.Silences.Where(silence => silence.Until > said.Now && silence.Match.Matches(alert)).Select(silence => ToView(silence, said.Now))], asker);
    }

    async Task<Said> SaidAsync(CancellationToken cancellationToken) => new(
        (await people.ListAcknowledgementsAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(known => known.AlertId),
        await operations.ListSilencesAsync(cancellationToken).ConfigureAwait(false), time.GetUtcNow());

    static AlertView ToView(Alert alert, Said said) => new(
        alert.Id, Lower(alert.State), alert.Rule, alert.Title, Lower(alert.Level), alert.Host, alert.Group.ToDictionary(group => group.Field, group => DisplayText.From(group.Value)),
        alert.First, alert.Last, alert.Count, alert.Peak, alert.Threshold, [.. alert.Samples.Select(sample => DisplayText.From(sample.Text))],
        alert.LastDecision?.Reason.ToString() ?? alert.History[0].Reason,
        [.. alert.History.Select(entry => new HistoryView(entry.Time, Lower(entry.Event), DisplayText.From(entry.Reason)))],
        Acknowledgement(alert, said), said.Silences.Where(silence => silence.Silences(alert, said.Now)).Max(silence => (DateTimeOffset?)silence.Until));

    // The first is the one that counts; a later one is not written into the alert.
    static AcknowledgementView? Acknowledgement(Alert alert, Said said) => said.Acknowledgements.GetValueOrDefault(alert.Id) switch
    {
        { } known when alert.AcknowledgedAt is null || known.At == alert.AcknowledgedAt => new(known.At, DisplayText.From(known.By), known.Comment is null ? null : DisplayText.From(known.Comment)),
        _ => alert.AcknowledgedAt is { } at ? new(at, DisplayText.From(alert.AcknowledgedBy), null) : null,
    };

    static DeliveryView ToView(Delivery delivery, Alert alert) => new(
        delivery.Channel, Lower(delivery.Kind), delivery.Reason.ToString(), Lower(delivery.State), delivery.Attempts,
        delivery.State == DeliveryState.Pending ? delivery.NextAttempt : null, delivery.LastResult is null ? null : DisplayText.From(delivery.LastResult),
        [.. (delivery.History ?? []).Select(attempt => new AttemptView(attempt.At, DisplayText.From(attempt.Result)))], delivery.AlertId == alert.Id ? null : delivery.AlertId);

    static SilenceView ToView(Silence silence, DateTimeOffset now) => new(
        silence.Id, DisplayText.From(silence.Match.ToString()), silence.From == DateTimeOffset.MinValue ? null : silence.From, silence.Until, DisplayText.From(silence.Comment),
        silence.By is null ? null : DisplayText.From(silence.By), silence.From <= now, AlertOperations.IsAdded(silence.Id));

    static string? PartOf(Alert alert) => alert.State == AlertState.Merged && alert.History[^1].Reason.Split(' ') is ["PartOf", var id] ? id : null;

    static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>What people have said until now.</summary>
    sealed record Said(IReadOnlyDictionary<string, Acknowledgement> Acknowledgements, IReadOnlyList<Silence> Silences, DateTimeOffset Now);
}
