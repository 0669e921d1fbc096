namespace LogMonitor.Shipper.Commands;

/// <summary>What the program ends with. docs/shipper.md documents them: they don't change.</summary>
static class ExitCode
{
    /// <summary>Stopped, all shipped, all fine.</summary>
    public const int Success = 0;

    /// <summary>It could not start, something was not shipped, a check failed, or a running shipper has troubles.</summary>
    public const int Failure = 1;

    /// <summary>The arguments or the configuration can't be used. systemd does not restart then (RestartPreventExitStatus).</summary>
    public const int BadUsage = 2;

    /// <summary><c>status</c>: it does not run.</summary>
    public const int NotRunning = 3;
}
