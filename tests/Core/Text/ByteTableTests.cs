using CsCheck;
using LogMonitor.Core.Text;

namespace LogMonitor.Core.Tests.Text;

public sealed class ByteTableTests
{
    [Fact]
    public void ItCountsLikeADictionaryAlsoAfterSomeWereForgotten()
    {
        Gen.Select(Gen.Byte[0, 3].Array[0, 6].Array[0, 400], Gen.Byte[0, 3].Array[0, 6].Array[0, 400], Gen.Int[1, 5]).Sample((before, after, every) =>
        {
            var table = new ByteTable();
            var expected = new List<(string Key, long Number)>();
            Count(table, expected, before);
            int[] kept = [.. Enumerable.Range(0, table.Count).Where(i => i % every == 0)];
            table.Keep(kept);
            expected = [.. kept.Select(i => expected[i])];
            AssertSame(expected, table);
            Count(table, expected, after);
            AssertSame(expected, table);
        });
    }

    [Fact]
    public void ManyAndLongOnesAreFoundAgain()
    {
        var table = new ByteTable();
        var keys = Enumerable.Range(0, 30_000).Select(i => Key(i)).ToArray();
        foreach (var key in keys) table.FindOrAdd(key) += key.Length;
        foreach (var key in keys) table.FindOrAdd(key)++;
        Assert.Equal(keys.Length, table.Count);
        Assert.Equal(keys.Sum(key => (long)key.Length), table.Bytes);
        for (var i = 0; i < keys.Length; i++)
        {
            Assert.True(table.Key(i).SequenceEqual(keys[i]));
            Assert.Equal(keys[i].Length + 1, table.Number(i));
        }

        // Some longer than a page of the table.
        static byte[] Key(int i)
        {
            var key = new byte[i % 10_000 == 7 ? 100_000 : 4 + i % 50];
            BitConverter.TryWriteBytes(key, i);
            return key;
        }
    }

    static void Count(ByteTable table, List<(string Key, long Number)> expected, byte[][] keys)
    {
        foreach (var key in keys)
        {
            table.FindOrAdd(key)++;
            var name = Convert.ToHexString(key);
            var at = expected.FindIndex(known => known.Key == name);
            if (at < 0) expected.Add((name, 1));
            else expected[at] = (name, expected[at].Number + 1);
        }
    }

    static void AssertSame(List<(string Key, long Number)> expected, ByteTable table)
    {
        Assert.Equal(expected, Enumerable.Range(0, table.Count).Select(i => (Convert.ToHexString(table.Key(i)), table.Number(i))));
        Assert.Equal(expected.Sum(known => known.Key.Length / 2), table.Bytes);
    }
}
