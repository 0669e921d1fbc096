using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using LogMonitor.Core.Chunks;
using Microsoft.AspNetCore.Http;

namespace LogMonitor.Shipper.Tests.Support;

/// <param name="Raw">The content, decompressed.</param>
sealed record StoredBlob(byte[] Compressed, byte[] Raw, IReadOnlyDictionary<string, string> Metadata);

/// <summary>One container of the fake: what it holds, what goes wrong with it, and what it was asked that a shipper must not ask.</summary>
sealed class FakeContainer(string address)
{
    readonly ConcurrentQueue<(string Name, StoredBlob Blob)> later = [];
    int requests;

    /// <summary>With a SAS, whose signature must not show up in any message.</summary>
    public string Url => $"{address}?sv=2026-02-06&sp=c&sig=topsecret";

    /// <summary>By name.</summary>
    public ConcurrentDictionary<string, StoredBlob> Blobs { get; } = [];

    /// <summary>What goes wrong with the next requests.</summary>
    public ConcurrentQueue<Fault> Faults { get; } = [];

    /// <summary>What goes wrong when no fault is queued.</summary>
    public Func<Fault?> Weather { get; set; } = () => null;

    /// <summary>How it says that a blob is there already: 409 with If-None-Match, 412 behind some proxies, 403 to a SAS that may only create.</summary>
    public Func<Answer> Exists { get; set; } = () => new(403, "UnauthorizedBlobOverwrite", "This request is not authorized to perform blob overwrites.");

    /// <summary>Requests that need more than the right to create, are malformed, or lie about the content.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>How often it was asked.</summary>
    public int Requests => requests;

    public Fault? NextFault()
    {
        Interlocked.Increment(ref requests);
        while (later.TryDequeue(out var put)) Blobs.TryAdd(put.Name, put.Blob);
        return Faults.TryDequeue(out var fault) ? fault : Weather();
    }

    /// <summary>What Azure answers; stores what is to be stored.</summary>
    public Answer Answer(HttpRequest request, byte[] body, Fault? fault)
    {
        if (Objection(request, body) is { } objection)
        {
            Violations.Enqueue($"{request.Method} {request.Path}{request.QueryString}: {objection.Code}: {objection.Message}");
            return objection;
        }
        var name = request.Path.Value!.Split('/', 4)[3];
        var blob = new StoredBlob(body, TestBlob.Is(name) ? body : Unpacked(body), request.Headers
            .Where(header => header.Key.StartsWith("x-ms-meta-", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key["x-ms-meta-".Length..], header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        if (fault is { StoresLater: true }) later.Enqueue((name, blob));
        var isNew = fault is { Stores: false } ? !Blobs.ContainsKey(name) : Blobs.TryAdd(name, blob);
        if (fault is { Status: > 0 }) return new(fault.Status, fault.Code, "As ordered by the test.", fault.RetryAfter);
        return isNew ? new(201, "", "") : Exists();
    }

    Answer? Objection(HttpRequest request, byte[] body)
    {
        string? Header(string name) => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
        if (request.Query["sig"].Count == 0) return new(403, "AuthenticationFailed", "Server failed to authenticate the request: there is no signature.");
        if (request.Method != "PUT") return new(403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
        if (request.Query.ContainsKey("comp") || request.Query.ContainsKey("restype"))
            return new(403, "AuthorizationPermissionMismatch", "A put of something else than a blob needs more than the right to create.");
        if (Header("x-ms-version") is null) return new(400, "MissingRequiredHeader", "x-ms-version");
        if (Header("x-ms-blob-type") is not { } type) return new(400, "MissingRequiredHeader", "x-ms-blob-type");
        if (type != "BlockBlob") return new(400, "InvalidHeaderValue", $"x-ms-blob-type: {type}");
        if (Header("x-ms-copy-source") is not null) return new(403, "AuthorizationPermissionMismatch", "A copy needs the right to read.");
        if (request.ContentLength is not { } length) return new(411, "MissingContentLengthHeader", "Content-Length");
        if (length != body.Length) return new(400, "InvalidHeaderValue", $"Content-Length: {length}, and {body.Length} bytes came");
        if (Header("If-None-Match") != "*") return new(403, "UnauthorizedBlobOverwrite", "Without If-None-Match: * a put may overwrite.");
        if (Header("Content-Encoding") is not null || Header("x-ms-blob-content-encoding") is not null)
            return new(400, "InvalidHeaderValue", "Content-Encoding: clients would decompress behind the reader's back.");
        if (Header("Content-MD5") is { } md5 && !Convert.TryFromBase64String(md5, new byte[16], out _)) return new(400, "InvalidMd5", md5);
        if (Header("Content-MD5") is { } sum && sum != Convert.ToBase64String(Md5(body))) return new(400, "Md5Mismatch", sum);
        if (Header("x-ms-content-crc64") is { } crc && crc != Convert.ToBase64String(Crc64.Of(body))) return new(400, "Crc64Mismatch", crc);
        if (request.Path.Value!.Split('/', 4) is not [_, _, _, { Length: > 0 and <= 1024 } name]) return new(400, "InvalidResourceName", "The name is missing or too long.");
        return Lie(name, body);
    }

    // What Azure can't see: whether the content is what the name says.
    static Answer? Lie(string name, byte[] body)
    {
        if (TestBlob.Is(name)) return null;
        if (!ChunkId.TryParse(name, out var id, out var problem)) return new(400, "InvalidResourceName", problem);
        byte[] raw;
        try { raw = Unpacked(body); }
        catch (InvalidDataException error) { return new(400, "InvalidInput", $"The content can't be decompressed: {error.Message}"); }
        if (raw.Length != id.Length) return new(400, "InvalidInput", $"The content has {raw.Length} bytes, its name says {id.Length}.");
        return Convert.ToHexStringLower(SHA256.HashData(raw)) == id.Hash ? null : new Answer(400, "InvalidInput", "The content's hash is not the one in its name.");
    }

    static byte[] Unpacked(byte[] body)
    {
        var raw = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress)) gzip.CopyTo(raw);
        return raw.ToArray();
    }

    // The header is defined so; nobody trusts it with a secret.
#pragma warning disable CA5351
    static byte[] Md5(byte[] body) => MD5.HashData(body);
#pragma warning restore CA5351
}
