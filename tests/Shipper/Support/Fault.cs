namespace LogMonitor.Shipper.Tests.Support;

/// <summary>How much of an exchange comes through.</summary>
enum Wire
{
    Whole,

    /// <summary>The connection is reset when the head of the request is there.</summary>
    ResetBeforeBody,

    /// <summary>… when half the body is there.</summary>
    ResetInBody,

    /// <summary>… when everything is done but the reply.</summary>
    ResetBeforeReply,

    /// <summary>The reply announces more than comes.</summary>
    Truncated,

    /// <summary>What comes is not HTTP.</summary>
    Garbage,
}

/// <summary>What goes wrong with one put.</summary>
/// <param name="Status">The answer, or 0 for the true one; as it is all that a test names, a 0 without a <paramref name="Wire"/> is a connection that is reset before the reply.</param>
/// <param name="Code">The error code that comes with it.</param>
/// <param name="Stores">Whether the blob is stored all the same: its reply is what gets lost.</param>
/// <param name="RetryAfter">In seconds.</param>
/// <param name="Latency">How long the reply takes.</param>
/// <param name="StoresLater">The blob is stored when the next request comes: the service was still busy with it when the connection broke.</param>
sealed record Fault(int Status, string Code = "", bool Stores = false, Wire Wire = Wire.Whole, int? RetryAfter = null, TimeSpan Latency = default, bool StoresLater = false)
{
    public Wire Wire { get; init; } = Status == 0 && Wire == Wire.Whole && Latency == default ? Wire.ResetBeforeReply : Wire;

    /// <summary>Everything that networks and services do, by chance.</summary>
    public static Fault Any(Random random) => random.Next(14) switch
    {
        0 => new(0, Wire: Wire.ResetBeforeBody),
        1 => new(0, Wire: Wire.ResetInBody),
        2 => new(0, Stores: true, Wire: Wire.ResetBeforeReply),
        3 => new(0, Stores: false, Wire: Wire.ResetBeforeReply),
        4 => new(0, StoresLater: true, Wire: Wire.ResetBeforeReply),
        // A whole head that says 201 is an answer: only what is stored may say so.
        5 => random.Next(2) == 0 ? new(0, Stores: true, Wire: Wire.Truncated) : new(503, "ServerBusy", Wire: Wire.Truncated),
        6 => new(0, Stores: random.Next(2) == 0, Wire: Wire.Garbage),
        7 => new(0, Stores: true, Latency: TimeSpan.FromMilliseconds(random.Next(1, 20))),
        8 => new(429, "ServerBusy", RetryAfter: 1),
        9 => new(500, "InternalError", Stores: random.Next(2) == 0),
        10 => new(503, "ServerBusy", RetryAfter: 2),
        11 => new(403, random.Next(2) == 0 ? "AuthenticationFailed" : "AuthorizationFailure"),
        12 => new(404, "ContainerNotFound"),
        // A portal that wants a password first, and a proxy that has lost the server.
        _ => random.Next(2) == 0 ? new(200) : new(502),
    };
}
