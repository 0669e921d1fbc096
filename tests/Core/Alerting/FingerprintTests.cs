using LogMonitor.Core.Alerting;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Alerting;

public sealed class FingerprintTests
{
    static Fingerprint Of(string host, string rule, params string[] group) => Fingerprint.Of(host, new MatchKey(new RuleId(rule), group));

    [Fact]
    public void TheSameRuleHostAndGroupAreTheSameProblem()
    {
        Assert.Equal(Of("web1", "burst", "192.0.2.1"), Of("web1", "burst", "192.0.2.1"));
        Assert.Matches("^[0-9a-f]{16}$", Of("web1", "burst").ToString());
    }

    [Fact]
    public void AnyDifferenceMakesAnotherProblem()
    {
        Fingerprint[] all =
        [
            Of("web1", "burst"), Of("web2", "burst"), Of("web1", "other"), Of("burst", "web1"), Of("web1", "burst", ""),
            Of("web1", "burst", "a", "b"), Of("web1", "burst", "b", "a"), Of("web1", "burst", "ab"), Of("web1", "burst", "a b"),
        ];
        Assert.Distinct(all);
    }

    [Fact]
    public void IdsOfAFingerprintSortByTheTimeOfTheIncident()
    {
        var fingerprint = Of("web1", "burst");
        string[] ids = [Alert.IdOf(fingerprint, 0), Alert.IdOf(fingerprint, 9), Alert.IdOf(fingerprint, 16), Alert.IdOf(fingerprint, 253_402_300_799_999)];
        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EachNotificationOnEachChannelHasItsOwnDelivery() =>
        Assert.Distinct([Delivery.IdOf("f-1", 1, "smtp"), Delivery.IdOf("f-1", 2, "smtp"), Delivery.IdOf("f-1", 1, "sendgrid")]);
}
