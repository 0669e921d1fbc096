namespace LogMonitor.Standalone.Hosting;

// The names that function classes use, with the meaning they have in Microsoft.Azure.Functions.Worker: the same source compiles
// against either. Only what our functions use is here.

/// <summary>Marks a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The function runs for each new blob.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BlobTriggerAttribute(string blobPath) : Attribute
{
    /// <summary>Container and <c>{name}</c>, which takes the rest of the path.</summary>
    public string BlobPath { get; } = blobPath;
    public string? Connection { get; set; }
    public BlobTriggerSource Source { get; set; }
}

/// <summary>How new blobs are found in Azure; here the container is polled.</summary>
public enum BlobTriggerSource { LogsAndContainerScan, EventGrid }

/// <summary>The function runs on a schedule: NCRONTAB with seconds, or <c>%Setting%</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    public string Schedule { get; } = schedule;
}

/// <summary>Why a timer runs.</summary>
public sealed class TimerInfo
{
    /// <summary>Whether it should have run before.</summary>
    public bool IsPastDue { get; set; }
}

/// <summary>The function answers HTTP requests.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) : Attribute
{
    public AuthorizationLevel AuthLevel { get; } = authLevel;
    public IReadOnlyList<string> Methods { get; } = methods;
    public string? Route { get; set; }
}

/// <summary>Which key a request needs in Azure; here the server listens on loopback only.</summary>
public enum AuthorizationLevel { Anonymous, Function, Admin }
