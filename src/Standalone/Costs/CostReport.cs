using System.Text.Json;
using System.Text.Json.Serialization;

namespace LogMonitor.Standalone.Costs;

/// <summary>A bill, for people or for programs.</summary>
static class CostReport
{
    public static void WriteText(Load load, TextWriter output)
    {
        void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
        Line($"{load.Hosts} hosts with {load.Streams} logs each, {load.GigabytesPerDay} GB a day in all, cut each {load.Flush.TotalSeconds:0} s, evaluated each {load.Evaluate.TotalSeconds:0} s:");
        Line($"{CostModel.ChunksPerDay(load):N0} chunks a day. In a month, in US dollars, by list prices of November 2026:");
        output.WriteLine();
        var items = CostModel.Of(load);
        foreach (var item in items) Line($"{item.Dollars,10:N2}  {item.What} ({item.Amount})");
        Line($"{items.Sum(item => item.Dollars),10:N2}  in all, without mail, telemetry and traffic to other regions");
        output.WriteLine();
        output.WriteLine("The same lines in Log Analytics:");
        foreach (var item in CostModel.OfLogAnalytics(load)) Line($"{item.Dollars,10:N2}  {item.What}");
        output.WriteLine();
        output.WriteLine("An estimate: docs/costs.md has the prices and assumptions. Longer cuts cost less, and tell later.");
    }

    public static void WriteJson(Load load, TextWriter output)
    {
        var bill = CostModel.Of(load);
        output.WriteLine(JsonSerializer.Serialize(
            new CostView(decimal.Round(CostModel.ChunksPerDay(load)), bill.Sum(item => item.Dollars), bill, CostModel.OfLogAnalytics(load)), CostJson.Default.CostView));
    }
}

/// <param name="Dollars">In a month, of all <paramref name="Items"/>.</param>
sealed record CostView(decimal ChunksPerDay, decimal Dollars, IReadOnlyList<CostItem> Items, IReadOnlyList<CostItem> LogAnalytics);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CostView))]
sealed partial class CostJson : JsonSerializerContext;
