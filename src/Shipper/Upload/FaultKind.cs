using Azure;
using Azure.Identity;

namespace LogMonitor.Shipper.Upload;

/// <summary>Why a put failed, for counting.</summary>
enum FaultKind
{
    /// <summary>It did not fail, or not by what the store answered.</summary>
    None,

    /// <summary>No answer: the network, DNS, TLS, a timeout.</summary>
    Network,

    /// <summary>The account is too busy.</summary>
    Throttled,

    /// <summary>The service failed.</summary>
    Server,

    /// <summary>A right is missing, or a SAS has expired.</summary>
    Denied,

    /// <summary>The container is not there.</summary>
    Missing,

    /// <summary>No token could be had.</summary>
    Credential,

    /// <summary>The service does not take the request.</summary>
    Refused,
}

static class FaultKinds
{
    public static FaultKind Of(Exception error) => error switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Of(last),
        RequestFailedException { Status: 429 } or RequestFailedException { ErrorCode: "ServerBusy" } => FaultKind.Throttled,
        RequestFailedException { Status: 401 or 403 } => FaultKind.Denied,
        RequestFailedException { Status: 404 } => FaultKind.Missing,
        RequestFailedException { Status: 408 or >= 500 } => FaultKind.Server,
        RequestFailedException { Status: > 0 } => FaultKind.Refused,
        AuthenticationFailedException => FaultKind.Credential,
        _ => FaultKind.Network,
    };
}
