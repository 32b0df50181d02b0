using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>A request's body, whole and bounded, in a rented buffer.</summary>
internal sealed class Body : IDisposable
{
    /// <summary>Bytes of a request body on the admin listener: the largest input (10 MB) whose every byte is escaped, and its envelope.</summary>
    public const long BytesMax = 21L * 1024 * 1024;

    private byte[] _buffer;

    private Body(byte[] buffer, int length) => (_buffer, Length) = (buffer, length);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>The body, or null where it is longer than so many bytes. Reads on past the limit only as far as Kestrel itself drains.</summary>
    public static async ValueTask<Body?> ReadAsync(HttpContext context, long bytesMax)
    {
        if (context.Request.ContentLength > bytesMax)
        {
            // Kestrel now drains for up to 5 s, so that a client still sending reads the answer instead of a reset connection.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } cap) cap.MaxRequestBodySize = null;
            return null;
        }

        var reader = context.Request.BodyReader;
        var body = new Body(ArrayPool<byte>.Shared.Rent((int)Math.Min(context.Request.ContentLength ?? 4096, bytesMax) + 1), 0);
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (body.Length + read.Buffer.Length > bytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                body.Dispose();
                return null;
            }

            foreach (var part in read.Buffer) body.Append(part.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return body;
        }
    }

    /// <summary>The record that a JSON body stands for. An empty body reads as an empty object.</summary>
    public static async ValueTask<Result<T>> ReadJsonAsync<T>(HttpContext context, JsonTypeInfo<T> type) where T : class
    {
        if (!IsJson(context.Request)) return new Problem(415, Codes.InvalidArgument, "The body must be JSON: Content-Type: application/json.");
        using var body = await ReadAsync(context, Body.BytesMax);
        if (body is null) return TooLarge(Body.BytesMax);
        return JsonShape.Read(body.Length == 0 ? "{}"u8 : body.Span, type);
    }

    public static Problem TooLarge(long bytesMax) => new(413, Codes.InputTooLarge, $"The body is larger than {bytesMax} bytes, the most this takes.");

    /// <summary>JSON by its content type; one without a body needs none.</summary>
    public static bool IsJson(HttpRequest request)
    {
        var type = request.ContentType;
        if (type is null) return request.ContentLength is null or 0;
        var end = type.IndexOf(';');
        var media = (end < 0 ? type.AsSpan() : type.AsSpan(0, end)).Trim();
        return media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (media.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        Length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (Length + part.Length > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + part.Length));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        part.CopyTo(_buffer.AsSpan(Length));
        Length += part.Length;
    }
}
