using LogMonitor.Core.Alerting;
using LogMonitor.Notifications.Mail;
using LogMonitor.Notifications.Tests.Support;
using LogMonitor.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace LogMonitor.Notifications.Tests.Mail;

public sealed class MailFolderChannelTests : IDisposable
{
    static readonly CancellationToken none = TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();
    readonly FakeTimeProvider clock = Some.Clock();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AMailBecomesAFileThatAMailProgramReads()
    {
        var sent = Assert.IsType<DeliveryResult.Sent>(await Channel("mails").SendAsync(Some.Message(), "delivery-1", none));
        var path = Assert.Single(Directory.GetFileSystemEntries(folder["mails"]));
        Assert.Equal("20260701T101700Z-delivery-1.eml", Path.GetFileName(path));
        Assert.Equal("written to 20260701T101700Z-delivery-1.eml", sent.Detail);
        var mail = await MimeMessage.LoadAsync(path, none);
        Assert.Equal("[LogMonitor] high: 404 burst on web1 (12 matches)", mail.Subject);
        Assert.Equal(MessageText.From(Some.Message()).Html, mail.HtmlBody!.ReplaceLineEndings("\n"));
        Assert.All(await File.ReadAllBytesAsync(path, none), b => Assert.InRange(b, 0, 127));
    }

    [Fact]
    public async Task ARepeatedDeliveryReplacesItsFileAlsoWhenTimeHasPassed()
    {
        await Channel().SendAsync(Some.Message(), "d-1", none);
        clock.Advance(TimeSpan.FromHours(3));
        await Channel().SendAsync(Some.Message() with { Count = 99 }, "d-1", none);
        var path = Assert.Single(Directory.GetFiles(folder.Path));
        Assert.Contains("99 matches", (await MimeMessage.LoadAsync(path, none)).Subject!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnIdThatEndsLikeAnotherHasItsOwnFile()
    {
        foreach (var id in new[] { "20260701T101700Z-1", "1", "a-1" }) await Channel().SendAsync(Some.Message(), id, none);
        Assert.Equal(3, Directory.GetFiles(folder.Path).Length);
    }

    [Theory]
    [InlineData("../../escape")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b\r\n*?")]
    [InlineData("..")]
    [InlineData("")]
    public async Task AHostileIdStaysInTheFolder(string id)
    {
        Assert.IsType<DeliveryResult.Sent>(await Channel("mails").SendAsync(Some.Hostile(), id, none));
        Assert.IsType<DeliveryResult.Sent>(await Channel("mails").SendAsync(Some.Hostile(), id, none));
        Assert.Equal(["mails"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.Matches("^[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9._-]+\\.eml$", Path.GetFileName(Assert.Single(Directory.GetFiles(folder["mails"]))));
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenIsTriedAgain()
    {
        await File.WriteAllTextAsync(folder["file"], "in the way", none);
        var retry = Assert.IsType<DeliveryResult.Retry>(await Channel("file").SendAsync(Some.Message(), "d", none));
        Assert.StartsWith($"Cannot write a mail to Mail:Folder '{folder["file"]}':", retry.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACancelledWriteLeavesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Channel().SendAsync(Some.Message(), "d", cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    MailFolderChannel Channel(string name = "")
    {
        var options = Some.Mail(folder[name]);
        return new(options, new MailComposer(options, clock), clock);
    }
}
