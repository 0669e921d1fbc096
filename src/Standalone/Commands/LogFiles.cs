namespace LogMonitor.Standalone.Commands;

/// <summary>Which logs to follow.</summary>
static class LogFiles
{
    /// <summary>What was asked for, or the samples: those of the folder we are in, so that a rebuilt program doesn't take them for new files, else those beside the program.</summary>
    public static IReadOnlyList<string> Resolve(IReadOnlyList<string> asked)
    {
        if (asked.Count > 0) return asked;
        string[] places = ["samples", Path.Combine(AppContext.BaseDirectory, "samples")];
        return places.FirstOrDefault(Directory.Exists) is { } samples
            ? [Path.Combine(samples, "*.log")]
            : throw new UserErrorException("There are no samples here. Name a log to follow with --log, such as --log /var/log/apache2/access.log.");
    }
}
