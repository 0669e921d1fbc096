namespace LogMonitor.Standalone;

/// <summary>Something that the person at the terminal can mend: shown as it is, without a stack trace. Exit code 2.</summary>
sealed class UserErrorException(string message) : Exception(message);
