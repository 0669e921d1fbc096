using System.IO.Compression;
using CsCheck;
using LogMonitor.Core.Detection;

namespace LogMonitor.Core.Tests.Detection;

public sealed class MatchCodecTests
{
    static readonly Gen<MatchGroup> groups = Gen.Select(
        Gen.String[0, 40], Gen.String[0, 20].Array[0, 3],
        Gen.Select(Gen.Long[0, 253_402_300_799_999], Gen.Int[1, 1_000_000], Gen.OneOf(Gen.Const(0L), Gen.Long)).Array[0, 30],
        Gen.Select(Gen.Long[0, 253_402_300_799_999], Gen.Long[1, 1_000_000_000], Gen.String[0, 300]).Array[0, 3]).Select((rule, values, points, samples) =>
        {
            var group = new MatchGroup(new MatchKey(new RuleId(rule), values), values.Length);
            foreach (var (time, count, value) in points) group.Add(time, count, value);
            foreach (var (time, line, text) in samples) group.Add(new MatchSample(time, line, text));
            return group;
        });

    [Fact]
    public void WhatWasPackedIsUnpackedTheSame() => groups.Array[0, 5].Sample(
        packed => Assert.Equal(packed.Select(Describe), MatchCodec.Decode(MatchCodec.Encode(packed)).Select(Describe)), iter: 1_000);

    [Fact]
    public void BrokenBytesAreInvalidDataAndNothingElse() =>
        Gen.Select(groups.Array[1, 3], Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Bool).Sample((packed, at, value, cut) =>
        {
            var bytes = MatchCodec.Encode(packed);
            at %= bytes.Length;
            if (cut) bytes = bytes[..at];
            else bytes[at] = value;
            AssertInvalidOrFine(bytes);
        }, iter: 2_000);

    [Fact]
    public void AnyContentIsInvalidDataAndNothingElse() => Gen.Byte.Array[0, 60].Sample(content => AssertInvalidOrFine(Pack(content)), iter: 2_000);

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })]                      // 2 Gi groups, and none there
    [InlineData(new byte[] { 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x07 })] // 2 Gi values
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, (byte)'x' })]        // a text of 2 Gi
    [InlineData(new byte[] { 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // -1 values
    [InlineData(new byte[] { })]
    public void CountsAreNotBelieved(byte[] content) => Assert.Throws<InvalidDataException>(() => MatchCodec.Decode(Pack(content)));

    [Fact]
    public void ABombIsNotUnpacked()
    {
        // Some hundred bytes that unpack to a million groups.
        var bomb = Pack([0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. new byte[4_000_000]]);
        Assert.InRange(bomb.Length, 0, 10_000);
        Assert.Equal("Stored matches are broken: They unpack to more than 1 MiB. Ingest their chunk again.",
            Assert.Throws<InvalidDataException>(() => MatchCodec.Decode(bomb, 1 << 20)).Message);
    }

    [Theory]
    [InlineData(new byte[] { }, 0)]
    [InlineData(new byte[] { 1, 0 }, 1)]
    [InlineData(new byte[] { 4, 0 }, 4)]
    public void AnotherVersionIsNamed(byte[] bytes, int version) => Assert.Equal(
        $"Matches of version {version} can't be read by this version of LogMonitor (it reads 3).", Assert.Throws<InvalidDataException>(() => MatchCodec.Decode(bytes)).Message);

    static void AssertInvalidOrFine(byte[] bytes)
    {
        if (Record.Exception(() => MatchCodec.Decode(bytes)) is { } failure) Assert.IsType<InvalidDataException>(failure);
    }

    static byte[] Pack(byte[] content)
    {
        using var memory = new MemoryStream();
        memory.WriteByte(3);
        using (var brotli = new BrotliStream(memory, CompressionLevel.Fastest, leaveOpen: true)) brotli.Write(content);
        return memory.ToArray();
    }

    static string Describe(MatchGroup group) =>
        $"{group.Key.Rule} {group.Shape} [{string.Join('|', group.Key.Group)}] {string.Join(' ', group.Points)} {string.Join(' ', group.Samples)}";
}
