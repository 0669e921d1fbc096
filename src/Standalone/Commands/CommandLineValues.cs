using System.CommandLine;
using LogMonitor.Core.Text;

namespace LogMonitor.Standalone.Commands;

/// <summary>Options that have a few values.</summary>
static class CommandLineValues
{
    /// <summary>Accepts these values only. Says which option it was, and knows only what the documentation names: no numbers, no other case.</summary>
    public static void AcceptOnly<T>(Option<T> option, string[] values)
    {
        option.HelpName = string.Join('|', values);
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }, ..] && !values.Contains(text))
                result.AddError($"{option.Name} must be one of {string.Join(", ", values)}, but is '{DisplayText.From(text, 100)}'.");
        });
    }
}
