using System.Globalization;
using LogMonitor.Core.Alerting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace LogMonitor.Notifications.Mail;

/// <summary>
/// Writes each mail as <c>{time}-{deliveryId}.eml</c> into a folder, for a first start without any account. A repeated
/// delivery replaces its file; a reader sees whole files only.
/// </summary>
sealed class MailFolderChannel(IOptions<MailOptions> options, MailComposer composer, TimeProvider time, string name = "mail-folder") : IChannel
{
    const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    // '?' stands for exactly one character, so that one id which ends like another is not taken for it.
    static readonly EnumerationOptions exact = new() { MatchType = MatchType.Simple };

    public string Name => name;

    public async Task<DeliveryResult> SendAsync(AlertMessage message, string deliveryId, CancellationToken cancellationToken)
    {
        var folder = options.Value.Folder;
        try
        {
            Directory.CreateDirectory(folder);
            var path = PathOf(folder, MailIdentity.Token(deliveryId));
            await WriteAsync(composer.Compose(message, deliveryId), path, cancellationToken);
            return new DeliveryResult.Sent($"written to {Path.GetFileName(path)}");
        }
        catch (UnauthorizedAccessException)
        {
            return Retry(folder, "this program may not write there. Change the folder's owner or mode, or the setting");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return Retry(folder, $"{Failures.InWords(failure)}. Check the disk and the path");
        }
    }

    /// <summary>The file of an earlier attempt at this delivery, or else a new name that sorts by time.</summary>
    string PathOf(string folder, string id) =>
        Directory.EnumerateFiles(folder, $"????????T??????Z-{id}.eml", exact).Order(StringComparer.Ordinal).FirstOrDefault()
        ?? Path.Combine(folder, $"{time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture)}-{id}.eml");

    static async Task WriteAsync(MimeMessage mail, string path, CancellationToken cancellationToken)
    {
        mail.Prepare(EncodingConstraint.SevenBit);
        // A crash leaves at most this file, and the next attempt at the same delivery takes it over.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await mail.WriteToAsync(file, cancellationToken);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    static DeliveryResult.Retry Retry(string folder, string why) => new(null, $"Cannot write a mail to Mail:Folder '{folder}': {why}.");
}
