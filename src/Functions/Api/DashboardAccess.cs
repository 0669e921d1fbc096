using LogMonitor.Core.Pipeline;
using Microsoft.Extensions.Configuration;

namespace LogMonitor.Functions.Api;

/// <summary>
/// Who may see the dashboard. In Azure that is the platform's sign-in (App Service authentication); without it the
/// functions refuse, so that a forgotten switch doesn't publish logs. On one machine the server listens on loopback only.
/// </summary>
public sealed class DashboardAccess(IConfiguration configuration)
{
    readonly bool isInAzure = IsInAzure(configuration), hasSignIn = HasSignIn(configuration);

    /// <summary>Null where the request may go on.</summary>
    public IActionResult? Refusal { get; } =
        IsInAzure(configuration) && !HasSignIn(configuration) && !Settings.Flag(configuration, "Dashboard:AllowAnonymous", false)
            ? new ContentResult
            {
                StatusCode = StatusCodes.Status403Forbidden,
                ContentType = "text/plain; charset=utf-8",
                Content = "The dashboard is closed: switch on App Service authentication for this function app, or set Dashboard__AllowAnonymous to true to show logs to anybody.",
            }
            : null;

    /// <summary>Who asks, where the platform has signed them in. Elsewhere null: there the header is whatever a client sends.</summary>
    public string? NameOf(HttpRequest request) =>
        isInAzure && hasSignIn ? AlertOperations.Entered(request.Headers["X-MS-CLIENT-PRINCIPAL-NAME"], AlertOperations.MaxName) : null;

    /// <summary>Why whoever asks may change nothing, in words; null where they may. To show logs to anybody is not to let anybody silence alerts.</summary>
    public string? WhyReadOnly(HttpRequest request) => isInAzure && NameOf(request) is null
        ? "Only who is signed in can acknowledge and silence here: switch on App Service authentication for this function app, and have it require a sign-in. The links in messages and 'logmonitor alerts' work without."
        : null;

    static bool IsInAzure(IConfiguration configuration) => configuration["WEBSITE_SITE_NAME"] is { Length: > 0 };

    static bool HasSignIn(IConfiguration configuration) => string.Equals(configuration["WEBSITE_AUTH_ENABLED"], "true", StringComparison.OrdinalIgnoreCase);
}
