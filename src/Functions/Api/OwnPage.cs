using System.Net.Mime;

namespace LogMonitor.Functions.Api;

/// <summary>
/// A page elsewhere can have a browser send requests in its reader's name, signed in as they are. So what changes something must come from our own
/// page: browsers say where a request comes from, and don't let other pages send JSON unasked.
/// </summary>
static class OwnPage
{
    /// <summary>Why a request is refused; null where it comes from our page.</summary>
    /// <param name="request">The request.</param>
    /// <param name="dashboard">The dashboard's address as settings have it: a proxy may ask us by another name.</param>
    public static string? RefusalOf(HttpRequest request, Uri? dashboard) =>
        !IsJson(request.ContentType) ? "The request must have the header Content-Type: application/json."
        : !IsOwn(request, dashboard) ? "The request does not come from the dashboard's own page: it must have the header Sec-Fetch-Site: same-origin, or as Origin the dashboard's address (Dashboard__Url, where a proxy stands before it)."
        : null;

    static bool IsJson(string? contentType) => contentType?.Split(';')[0].Trim().Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase) == true;

    // A browser that sends Sec-Fetch-Site knows best. Of the origin the scheme is not compared: behind what ends TLS we are asked by http.
    static bool IsOwn(HttpRequest request, Uri? dashboard) => request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site
        ? site == "same-origin"
        : Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            && (origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase) || origin.Authority.Equals(dashboard?.Authority, StringComparison.OrdinalIgnoreCase));
}
