using Microsoft.Extensions.Configuration;

namespace LogMonitor.Functions.Api;

/// <summary>
/// Who may see the dashboard. In Azure that is the platform's sign-in (App Service authentication); without it the
/// functions refuse, so that a forgotten switch doesn't publish logs. On one machine the server listens on loopback only.
/// </summary>
public sealed class DashboardAccess(IConfiguration configuration)
{
    /// <summary>Null where the request may go on.</summary>
    public IActionResult? Refusal { get; } =
        configuration["WEBSITE_SITE_NAME"] is { Length: > 0 }
        && !string.Equals(configuration["WEBSITE_AUTH_ENABLED"], "true", StringComparison.OrdinalIgnoreCase)
        && !Settings.Flag(configuration, "Dashboard:AllowAnonymous", false)
            ? new ContentResult
            {
                StatusCode = StatusCodes.Status403Forbidden,
                ContentType = "text/plain; charset=utf-8",
                Content = "The dashboard is closed: switch on App Service authentication for this function app, or set Dashboard__AllowAnonymous to true to show logs to anybody.",
            }
            : null;
}
