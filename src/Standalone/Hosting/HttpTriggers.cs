using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;

namespace LogMonitor.Standalone.Hosting;

/// <summary>Serves each HTTP function at its route.</summary>
static class HttpTriggers
{
    /// <summary>Maps them below host.json's <c>routePrefix</c>.</summary>
    public static void MapFunctions(this WebApplication app, HostJson host)
    {
        foreach (var function in FunctionMethod<HttpTriggerAttribute>.FindAll())
            app.MapMethods($"{host.RoutePrefix}/{function.Trigger.Route ?? function.Name}", function.Trigger.Methods, context => AnswerAsync(function, context));
    }

    static async Task AnswerAsync(FunctionMethod<HttpTriggerAttribute> function, HttpContext context)
    {
        var result = await function.InvokeAsync(context.RequestServices, context.GetRouteData().Values, context.Request, context.RequestAborted);
        await ((IActionResult)result!).ExecuteResultAsync(new ActionContext(context, context.GetRouteData(), new ActionDescriptor()));
    }
}
