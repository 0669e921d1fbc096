using CsCheck;
using LogMonitor.Notifications.Mail;

namespace LogMonitor.Notifications.Tests.Mail;

public sealed class MailIdentityTests
{
    [Theory]
    [InlineData("many-404s", "many-404s")]
    [InlineData("20260701.1_a", "20260701.1_a")]
    public void AHarmlessIdIsKept(string id, string expected) => Assert.Equal(expected, MailIdentity.Token(id));

    [Fact]
    public void AnyIdBecomesASafeTokenAndNoTwoTheSame() => Gen.Select(Gen.String, Gen.String).Sample((a, b) =>
    {
        Assert.Matches(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z", MailIdentity.Token(a));
        if (a != b) Assert.NotEqual(MailIdentity.Token(a), MailIdentity.Token(b));
    });
}
