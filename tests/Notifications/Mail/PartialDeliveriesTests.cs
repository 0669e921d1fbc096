using System.Globalization;
using LogMonitor.Notifications.Mail;
using MimeKit;

namespace LogMonitor.Notifications.Tests.Mail;

public sealed class PartialDeliveriesTests
{
    static readonly MailboxAddress anna = new("", "anna@example.org");
    static readonly MailboxAddress ben = new("", "ben@example.org");

    [Fact]
    public void WhoHasTheMailIsLeftOutUntilTheDeliveryIsDone()
    {
        var partial = new PartialDeliveries();
        partial.Settle("d", [anna]);
        Assert.Equal([ben], partial.Remaining("d", [anna, ben]));
        Assert.Equal([anna, ben], partial.Remaining("other", [anna, ben]));
        partial.Forget("d");
        Assert.Equal([anna, ben], partial.Remaining("d", [anna, ben]));
    }

    [Fact]
    public void ItsMemoryIsBounded()
    {
        var partial = new PartialDeliveries();
        var ids = Enumerable.Range(0, PartialDeliveries.MaxDeliveries + 1).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids) partial.Settle(id, [anna]);
        Assert.InRange(ids.Count(id => partial.Remaining(id, [anna]).Count == 0), 1, PartialDeliveries.MaxDeliveries);
    }
}
