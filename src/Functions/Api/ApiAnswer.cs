using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LogMonitor.Functions.Api;

/// <summary>How the API answers: JSON, and where it refuses an <see cref="ErrorView"/> that says what is expected.</summary>
static class ApiAnswer
{
    public static ContentResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new() { Content = JsonSerializer.Serialize(value, type), ContentType = "application/json; charset=utf-8", StatusCode = status };

    /// <summary>Answers, or refuses with what a <see cref="RefusedException"/> says.</summary>
    public static async Task<IActionResult> OrRefusalAsync(DashboardAccess access, Func<Task<IActionResult>> answer)
    {
        if (access.Refusal is { } refusal) return refusal;
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (RefusedException e)
        {
            return Json(new ErrorView(e.Message), ApiJson.Default.ErrorView, e.Status);
        }
    }
}

/// <summary>A request that is not answered, with the reason for whoever asks.</summary>
sealed class RefusedException(string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public int Status => status;
}
