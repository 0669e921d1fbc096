using LogMonitor.Functions;
using LogMonitor.Standalone.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace LogMonitor.Standalone.Tests.Hosting;

public sealed class FunctionMethodTests
{
    [Fact]
    public void EveryFunctionIsFoundByItsTrigger()
    {
        Assert.Equal(["IngestChunk"], Names<BlobTriggerAttribute>());
        Assert.Equal(["ArchiveLogs", "EvaluateThresholds", "ExpireRows", "ReconcileIncoming"], Names<TimerTriggerAttribute>());
        Assert.Equal(
            ["Acknowledge", "AcknowledgeAlert", "Dashboard", "DashboardAssets", "EndSilence", "GetAlert", "GetAlerts", "GetCounts", "GetHealth", "GetHosts", "GetReports", "Healthz", "SilenceAlert"], Names<HttpTriggerAttribute>());
    }

    [Fact]
    public void EachScheduleIsASettingThatIsKnown() =>
        Assert.Equal(Schedules.Settings.Order(StringComparer.Ordinal), FunctionMethod<TimerTriggerAttribute>.FindAll().Select(function => function.Trigger.Schedule.Trim('%')).Order(StringComparer.Ordinal));

    [Fact]
    public async Task AnArgumentIsFoundByNameThenByType()
    {
        var answer = await Function(nameof(Sample.Describe)).InvokeAsync(
            Services("injected"), new Dictionary<string, object?> { ["name"] = "a/b.gz" }, new TimerInfo { IsPastDue = true }, TestContext.Current.CancellationToken);
        Assert.Equal("injected a/b.gz True True", Assert.IsType<ContentResult>(answer).Content);
    }

    [Fact]
    public async Task WhatATriggerDoesNotHaveIsNamed()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Function(nameof(Sample.Describe)).InvokeAsync(Services("injected"), new Dictionary<string, object?>()));
        Assert.Equal("The function Describe asks for 'TimerInfo timer', which its trigger doesn't have.", error.Message);
    }

    [Fact]
    public async Task AFunctionsExceptionComesThroughAsItIs()
    {
        Assert.Equal("at once", (await Assert.ThrowsAsync<NotSupportedException>(() => Function(nameof(Sample.FailAtOnce)).InvokeAsync(Services("x"), new Dictionary<string, object?>()))).Message);
        Assert.Equal("later", (await Assert.ThrowsAsync<NotSupportedException>(() => Function(nameof(Sample.FailLater)).InvokeAsync(Services("x"), new Dictionary<string, object?>()))).Message);
    }

    static IEnumerable<string> Names<TTrigger>() where TTrigger : Attribute => FunctionMethod<TTrigger>.FindAll().Select(function => function.Name).Order(StringComparer.Ordinal);

    static FunctionMethod<TimerTriggerAttribute> Function(string name) => new(name, new TimerTriggerAttribute("* * * * * *"), typeof(Sample).GetMethod(name)!);

    static ServiceProvider Services(string injected) => new ServiceCollection().AddSingleton(injected).BuildServiceProvider();

    sealed class Sample(string injected)
    {
        public async Task<IActionResult> Describe(TimerInfo timer, string name, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return new ContentResult { Content = $"{injected} {name} {timer.IsPastDue} {cancellationToken.CanBeCanceled}" };
        }

        public void FailAtOnce() => throw new NotSupportedException("at once");

        public async Task FailLater()
        {
            await Task.Yield();
            throw new NotSupportedException("later");
        }
    }
}
