using System.Buffers;
using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>What a server answered.</summary>
/// <param name="Status">As it was sent.</param>
/// <param name="Bytes">Of the body, unpacked.</param>
/// <param name="Json">For the worker: <c>{status, statusText, url, redirected, headers: [[name, value]], body, base64?}</c>.</param>
internal sealed record HttpAnswer(int Status, int Bytes, string Json)
{
    /// <summary>Characters of JSON that fit a frame of the pipe, whatever they are; a longer body goes as base64.</summary>
    private const int TextMax = 7 * 1024 * 1024;

    private const int PieceBytes = 64 * 1024;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="CallRefusedException">It is too long, or there is no room for it now.</exception>
    public static async Task<HttpAnswer> ReadAsync(
        BrokerCall call, OutgoingRequest request, HttpResponseMessage response, Uri url, bool isRedirected, EgressBudget budget, CancellationToken cancellationToken)
    {
        var taken = 0L;
        try
        {
            using var body = new MemoryStream();
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
            try
            {
                int read;
                while ((read = await stream.ReadAsync(piece, cancellationToken)) > 0)
                {
                    if (body.Length + read > OutgoingRequest.BodyMax)
                        throw call.Refused(Codes.ResponseTooLarge, $"the answer of {url.Host} is longer than {OutgoingRequest.BodyMax} bytes, unpacked");
                    // As bytes, and twice as characters.
                    if (!budget.TryTake(call.TenantId, read * 4L)) throw call.Refused(Codes.Overloaded, "answers of too many calls are being read at once; try again");
                    taken += read * 4L;
                    body.Write(piece, 0, read);
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(piece);
            }

            return new HttpAnswer((int)response.StatusCode, (int)body.Length, Write(request, response, url, isRedirected, body.GetBuffer().AsSpan(0, (int)body.Length)));
        }
        finally
        {
            budget.Give(call.TenantId, taken);
        }
    }

    private static string Write(OutgoingRequest request, HttpResponseMessage response, Uri url, bool isRedirected, ReadOnlySpan<byte> body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + 1_024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("status", (int)response.StatusCode);
            json.WriteString("statusText", response.ReasonPhrase ?? "");
            json.WriteString("url", url.AbsoluteUri);
            json.WriteBoolean("redirected", isRedirected);
            json.WriteStartArray("headers");
            foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            {
                foreach (var value in values)
                {
                    json.WriteStartArray();
                    json.WriteStringValue(name.ToLowerInvariant());
                    json.WriteStringValue(value);
                    json.WriteEndArray();
                }
            }

            json.WriteEndArray();
            WriteBody(json, request, response, body);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteBody(Utf8JsonWriter json, OutgoingRequest request, HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        if (request.IsText && body.Length <= TextMax)
        {
            var type = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : null;
            json.WriteString("body", Charsets.Decode(body, Charsets.TypeOf(type)));
        }
        else if (body.Length <= TextMax && IsText(body))
        {
            json.WriteString("body", body);
        }
        else
        {
            json.WriteBase64String("body", body);
            json.WriteBoolean("base64", true);
        }
    }

    private static bool IsText(ReadOnlySpan<byte> body)
    {
        try
        {
            s_strict.GetCharCount(body);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
