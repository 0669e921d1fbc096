using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure.Data.Tables;

namespace LogMonitor.Storage.Tables;

/// <summary>Rows that hold one value: as readable JSON where it fits into a property, else packed over several binary ones.</summary>
static class PackedRow
{
    const string JsonProperty = "Json", PackedProperty = "Packed";

    /// <summary>Ten properties of 64 KiB: well within an entity's 1 MiB.</summary>
    const int MaxPackedProperties = 10;

    /// <summary>What <see cref="TrySet"/> takes, in bytes: 640 KiB.</summary>
    public const int MaxBytes = MaxPackedProperties * TableGuard.MaxBinaryProperty;

    public static TableEntity SetJson<T>(this TableEntity row, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.Serialize(value, type);
        if (json.Length <= TableGuard.MaxStringProperty) row[JsonProperty] = json;
        else if (!row.TrySet(Compress(json))) throw new TableLimitException($"{json.Length} characters of JSON don't fit, even compressed", row);
        return row;
    }

    /// <summary>The row's value; null when it has none: an earlier version wrote it, say.</summary>
    public static T? FindJson<T>(this TableEntity row, JsonTypeInfo<T> type)
    {
        var json = row.GetString(JsonProperty) ?? (row.TryGet() is { } packed ? Decompress(packed) : null);
        return json is null ? default : JsonSerializer.Deserialize(json, type);
    }

    public static T GetJson<T>(this TableEntity row, JsonTypeInfo<T> type) => row.FindJson(type)
        ?? throw new InvalidDataException($"The row ({row.PartitionKey}, {row.RowKey}) holds no value; it was not written by LogMonitor, or by a later version.");

    /// <summary>Sets the row's bytes; false when they don't fit.</summary>
    public static bool TrySet(this TableEntity row, byte[] bytes)
    {
        if (bytes.Length > MaxBytes) return false;
        var number = 0;
        foreach (var part in bytes.Chunk(TableGuard.MaxBinaryProperty)) row[PackedProperty + number++] = part;
        return true;
    }

    /// <summary>The row's bytes; null when it has none.</summary>
    public static byte[]? TryGet(this TableEntity row)
    {
        var parts = Enumerable.Range(0, MaxPackedProperties).Select(number => row.GetBinary(PackedProperty + number)).TakeWhile(part => part is not null).ToList();
        return parts.Count == 0 ? null : [.. parts.SelectMany(part => part)];
    }

    static byte[] Compress(string json)
    {
        using var memory = new MemoryStream();
        using (var brotli = new BrotliStream(memory, CompressionLevel.Fastest)) brotli.Write(Encoding.UTF8.GetBytes(json));
        return memory.ToArray();
    }

    static string Decompress(byte[] packed)
    {
        using var reader = new StreamReader(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
