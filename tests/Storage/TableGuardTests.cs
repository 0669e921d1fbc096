using Azure.Data.Tables;
using LogMonitor.Storage.Tables;

namespace LogMonitor.Storage.Tests;

public sealed class TableGuardTests
{
    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\u0001b")]
    [InlineData("a\u0085b")]
    public void AKeyWithAForbiddenCharacterIsRefused(string key)
    {
        Assert.Contains("is not a key", Assert.Throws<TableLimitException>(() => TableGuard.Checked(new TableEntity("p", key))).Message, StringComparison.Ordinal);
        Assert.Throws<TableLimitException>(() => TableGuard.Checked(new TableEntity(key, "r")));
    }

    [Fact]
    public void AKeyMayHave512Characters()
    {
        TableGuard.Checked(new TableEntity("p", new string('x', 512)));
        Assert.Throws<TableLimitException>(() => TableGuard.Checked(new TableEntity("p", new string('x', 513))));
    }

    [Fact]
    public void AnEntityMayHaveOneMebibyte()
    {
        var row = new TableEntity("p", "r");
        for (var i = 0; i < 15; i++) row[$"Data{i}"] = new byte[64 << 10];
        TableGuard.Checked(row);
        row["One"] = new byte[64 << 10];
        Assert.Contains("at most 1048576", Assert.Throws<TableLimitException>(() => TableGuard.Checked(row)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PropertiesAreBounded()
    {
        Assert.Throws<TableLimitException>(() => TableGuard.Checked(new TableEntity("p", "r") { ["Text"] = new string('x', (32 << 10) + 1) }));
        Assert.Throws<TableLimitException>(() => TableGuard.Checked(new TableEntity("p", "r") { ["Data"] = new byte[(64 << 10) + 1] }));
        var many = new TableEntity("p", "r");
        for (var i = 0; i < 253; i++) many[$"P{i}"] = i;
        Assert.Throws<TableLimitException>(() => TableGuard.Checked(many));
    }

    [Fact]
    public void ATransactionStaysWithinAPartitionAHundredRowsAndOnceARow()
    {
        Assert.Contains("across partitions", Refusal(["p", "q"], ["1", "2"]), StringComparison.Ordinal);
        Assert.Contains("a row twice", Refusal(["p", "p"], ["1", "1"]), StringComparison.Ordinal);
        Assert.Contains("at most 100", Refusal([.. Enumerable.Repeat("p", 101)], [.. Enumerable.Range(0, 101).Select(i => $"{i}")]), StringComparison.Ordinal);

        static string Refusal(string[] partitions, string[] rows) => Assert.Throws<TableLimitException>(() => TableGuard.Checked(
            [.. partitions.Zip(rows, (p, r) => new TableTransactionAction(TableTransactionActionType.Add, new TableEntity(p, r)))])).Message;
    }
}
