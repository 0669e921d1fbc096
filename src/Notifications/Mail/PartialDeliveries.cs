using System.Collections.Concurrent;
using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Remembers, between attempts at one delivery, who has the mail already, so that a recipient who is refused for a
/// while (greylisting, a full mailbox) does not make it come to the others again and again. Kept in memory only: after a
/// restart a mail may come twice, which is better than never.
/// </summary>
sealed class PartialDeliveries
{
    /// <summary>Past this many unfinished deliveries all is forgotten, and some mails come twice.</summary>
    public const int MaxDeliveries = 256;

    readonly ConcurrentDictionary<string, IReadOnlyList<MailboxAddress>> settled = new(StringComparer.Ordinal);

    public IReadOnlyList<MailboxAddress> Remaining(string deliveryId, IReadOnlyList<MailboxAddress> all) =>
        settled.TryGetValue(deliveryId, out var done) ? [.. all.Except(done)] : all;

    public void Settle(string deliveryId, IEnumerable<MailboxAddress> mailboxes)
    {
        if (settled.Count >= MaxDeliveries) settled.Clear();
        settled.AddOrUpdate(deliveryId, _ => [.. mailboxes], (_, earlier) => [.. earlier, .. mailboxes]);
    }

    public void Forget(string deliveryId) => settled.TryRemove(deliveryId, out _);
}
