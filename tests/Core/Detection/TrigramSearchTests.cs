using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class TrigramSearchTests
{
    [Fact]
    public void EachTextThatIsThereIsFoundAndNoOther()
    {
        var bytes = Gen.OneOf(Gen.Byte[(byte)'a', (byte)'d'], Gen.Byte[(byte)'A', (byte)'C'], Gen.Byte);
        Gen.Select(bytes.Array[3, 6].Array[1, 100], bytes.Array[0, 60]).Sample((texts, line) =>
        {
            var search = new TrigramSearch([.. texts.Select((text, i) => (text, Bit(i)))]);
            var found = new ulong[2];
            search.Find(line, found);
            for (var i = 0; i < texts.Length; i++)
                Assert.Equal(Naive(line, texts[i]), (found[i / 64] & 1UL << (i % 64)) != 0);
        }, iter: 3_000, threads: 1);
    }

    static ulong[] Bit(int index)
    {
        var bits = new ulong[2];
        bits[index / 64] = 1UL << (index % 64);
        return bits;
    }

    static bool Naive(byte[] line, byte[] text) =>
        Enumerable.Range(0, Math.Max(0, line.Length - text.Length + 1)).Any(at => text.Select((b, i) => ByteText.Fold(b) == ByteText.Fold(line[at + i])).All(same => same));
}
