using System.Security.Cryptography;
using LogMonitor.Core.Alerting;
using LogMonitor.Core.Alerting.Plans;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Pipeline;

/// <summary>What people do about alerts: the same from the shell, from the dashboard, and from the link in a message. It counts from the next evaluation on.</summary>
public sealed class AlertOperations(IOperatorStore people, RuleBook book, TimeProvider time)
{
    /// <summary>Characters of a name, 60; of a comment, 300. What is longer is cut.</summary>
    public const int MaxName = 60, MaxComment = 300;

    /// <summary>What somebody entered, in one line of display form; null for nothing.</summary>
    public static string? Entered(string? text, int maxLength) => DisplayText.From(text?.Trim(), maxLength).ToString() is { Length: > 0 } entered ? entered : null;

    /// <summary>Says that somebody deals with an alert; false, and nothing said, when it is over.</summary>
    public async Task<bool> AcknowledgeAsync(Alert alert, string by, string? comment, CancellationToken cancellationToken)
    {
        if (alert.State != AlertState.Open) return false;
        await people.AcknowledgeAsync(new Acknowledgement(alert.Id, time.GetUtcNow(), by, comment), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Adds a silence from now on.</summary>
    public async Task<Silence> SilenceAsync(AlertMatcher match, TimeSpan span, string comment, string by, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var silence = new Silence(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), match, now, now + span, comment, by);
        await people.SilenceAsync(silence, cancellationToken).ConfigureAwait(false);
        return silence;
    }

    /// <summary>Those of <c>alerts.yml</c>, then those that people added; also what has ended less than a week ago.</summary>
    public async Task<IReadOnlyList<Silence>> ListSilencesAsync(CancellationToken cancellationToken) =>
        [.. (await book.GetPlanAsync(cancellationToken).ConfigureAwait(false)).Silences, .. await people.ListSilencesAsync(cancellationToken).ConfigureAwait(false)];

    /// <summary>Ends a silence that somebody added; false where there is none. One of the file ends when it is taken out there.</summary>
    public async Task<bool> EndSilenceAsync(string id, CancellationToken cancellationToken) =>
        IsAdded(id) && await people.EndSilenceAsync(id, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether a silence has an id as those have that people add.</summary>
    public static bool IsAdded(string id) => id.Length == 8 && id.All(char.IsAsciiHexDigitLower);
}
