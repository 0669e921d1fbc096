using System.Buffers.Binary;

namespace LogMonitor.Shipper.Tests.Support;

/// <summary>The checksum of x-ms-content-crc64: polynomial 9A6C9329AC4BC9B5 (reflected), all ones before and after, little-endian.</summary>
static class Crc64
{
    static readonly ulong[] Table = [.. Enumerable.Range(0, 256).Select(value =>
    {
        var crc = (ulong)value;
        for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x9A6C9329AC4BC9B5);
        return crc;
    })];

    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        var crc = ulong.MaxValue;
        foreach (var value in bytes) crc = (crc >> 8) ^ Table[(byte)crc ^ value];
        var result = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(result, ~crc);
        return result;
    }
}
