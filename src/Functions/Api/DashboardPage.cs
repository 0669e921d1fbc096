using Microsoft.Extensions.FileProviders;

namespace LogMonitor.Functions.Api;

/// <summary>The page and its assets, as Vite has built them into the folder <c>dashboard</c> beside the program.</summary>
public sealed class DashboardPage(DashboardAccess access)
{
    /// <summary>Only our own scripts and styles, no frames, nothing inline: log content that slipped through could still not run.</summary>
    const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static readonly PhysicalFileProvider files = new(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "dashboard")).FullName);

    /// <summary>The page at <c>/</c>. The route is an optional segment that can only be empty: the Functions host takes no empty route.</summary>
    [Function("Dashboard")]
    public IActionResult GetPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{page:maxlength(0)?}")] HttpRequest request) =>
        Serve(request, "index.html", "no-cache");

    /// <summary>Scripts and styles; their names hold a hash of their content.</summary>
    [Function("DashboardAssets")]
    public IActionResult GetAsset([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "assets/{file}")] HttpRequest request, string file) =>
        Serve(request, "assets/" + file, "public, max-age=31536000, immutable");

    IActionResult Serve(HttpRequest request, string path, string cacheControl)
    {
        if (access.Refusal is { } refusal) return refusal;
        if (ContentTypeOf(path) is not { } contentType || files.GetFileInfo(path) is not { Exists: true } file) return new NotFoundResult();
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = cacheControl;
        return new FileStreamResult(file.CreateReadStream(), contentType);
    }

    static string? ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => null,
    };
}
