using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace LogMonitor.Standalone.Hosting;

/// <summary>A function: a method of a class that the services make.</summary>
/// <typeparam name="TTrigger">The attribute of its trigger.</typeparam>
sealed class FunctionMethod<TTrigger>(string name, TTrigger trigger, MethodInfo method) where TTrigger : Attribute
{
    public string Name => name;

    public TTrigger Trigger => trigger;

    /// <summary>Every function of this assembly that has such a trigger.</summary>
    public static IReadOnlyList<FunctionMethod<TTrigger>> FindAll() =>
    [
        .. from type in typeof(FunctionMethod<TTrigger>).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           let trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TTrigger>()).FirstOrDefault(attribute => attribute is not null)
           where trigger is not null
           select new FunctionMethod<TTrigger>(function.Name, trigger, method),
    ];

    /// <summary>Calls it. An argument is found by the parameter's name, then by its type.</summary>
    public async Task<object?> InvokeAsync(IServiceProvider services, IReadOnlyDictionary<string, object?> byName, params object[] byType)
    {
        var arguments = method.GetParameters().Select(parameter =>
            byName.GetValueOrDefault(parameter.Name!)
            ?? byType.FirstOrDefault(parameter.ParameterType.IsInstanceOfType)
            ?? throw new InvalidOperationException($"The function {name} asks for '{parameter.ParameterType.Name} {parameter.Name}', which its trigger doesn't have.")).ToArray();
        var instance = ActivatorUtilities.CreateInstance(services, method.DeclaringType!);
        var result = method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        switch (result)
        {
            case Task<IActionResult> answer: return await answer;
            case Task task: await task; return null;
            default: return result;
        }
    }
}
