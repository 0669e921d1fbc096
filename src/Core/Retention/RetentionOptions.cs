namespace LogMonitor.Core.Retention;

/// <summary>How long what is stored is kept. Zero: for ever.</summary>
public sealed record RetentionOptions
{
    /// <summary>Counts, by event time; and hosts that were not heard of for so long. 400 days: a year, and the month to compare with.</summary>
    public TimeSpan Counts { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Reports. 400 days.</summary>
    public TimeSpan Reports { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Alerts that are over, since anything last happened to them, and the history of their deliveries; never less than <see cref="Matches"/>. 400 days.</summary>
    public TimeSpan Alerts { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Matches of window rules, since they were stored and by event time. 90 days.</summary>
    /// <remarks>
    /// An evaluation of lines of now reads at most <see cref="LeastMatches"/> back, less two weeks: twice the reach of a rule (14 days), the longest grace (7), or an
    /// incident of 30 days and a reach. What is above are lines that come late: behind it they still alert, but can no longer take an alert back.
    /// </remarks>
    public TimeSpan Matches { get; init; } = TimeSpan.FromDays(90);

    /// <summary>The least that <see cref="Matches"/> may be, 60 days.</summary>
    public static readonly TimeSpan LeastMatches = TimeSpan.FromDays(60);

    /// <summary>The ledger's rows of chunks that are gone from <c>incoming</c>, since they were archived or put into quarantine. 90 days.</summary>
    /// <remarks>
    /// A row says that a chunk was counted. Who may still ask: an event (Event Grid tries for a day, a queue keeps a message for a week), a deletion that is undone (a week), a sweep
    /// (what is in <c>incoming</c>), and a shipper whose host was off after the upload and before it noted it. Only to the last it makes a difference how long that
    /// was: the others find the row, or no blob.
    /// </remarks>
    public TimeSpan Chunks { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Files of alerts, and blobs in quarantine. 90 days.</summary>
    public TimeSpan Files { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Archives, since they were last added to. For ever: in Azure a policy of the storage account looks after them.</summary>
    public TimeSpan Archive { get; init; }

    /// <summary>Since when every match is there that was ever stored; null: since ever.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset? MatchesSince(DateTimeOffset now) => Before(now, Matches) + TimeSpan.FromDays(1); // a day more than is deleted: expiry and evaluation may run at once

    /// <summary>What goes at a time.</summary>
    public Cutoffs At(DateTimeOffset now) => new()
    {
        Now = now,
        Counts = Before(now, Counts),
        Reports = Before(now, Reports),
        // Matches of an incident whose alert is gone would open it again.
        Alerts = Matches == TimeSpan.Zero || Alerts == TimeSpan.Zero ? null : Before(now, Alerts > Matches ? Alerts : Matches),
        Matches = Before(now, Matches),
        Chunks = Before(now, Chunks),
        Files = Before(now, Files),
        Archive = Before(now, Archive),
    };

    static DateTimeOffset? Before(DateTimeOffset now, TimeSpan kept) => kept == TimeSpan.Zero ? null : now - kept;
}

/// <summary>What is older than these goes; null: nothing does.</summary>
public sealed record Cutoffs
{
    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <inheritdoc cref="RetentionOptions.Counts"/>
    public DateTimeOffset? Counts { get; init; }

    /// <inheritdoc cref="RetentionOptions.Reports"/>
    public DateTimeOffset? Reports { get; init; }

    /// <inheritdoc cref="RetentionOptions.Alerts"/>
    public DateTimeOffset? Alerts { get; init; }

    /// <inheritdoc cref="RetentionOptions.Matches"/>
    public DateTimeOffset? Matches { get; init; }

    /// <inheritdoc cref="RetentionOptions.Chunks"/>
    public DateTimeOffset? Chunks { get; init; }

    /// <inheritdoc cref="RetentionOptions.Files"/>
    public DateTimeOffset? Files { get; init; }

    /// <inheritdoc cref="RetentionOptions.Archive"/>
    public DateTimeOffset? Archive { get; init; }
}
