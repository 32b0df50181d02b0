using System.Buffers;
using System.Text.Json;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Writes <see cref="Problem"/> as RFC 9457 problem+json; the one shape of every refusal on every listener.</summary>
internal static class Problems
{
    public static readonly Problem Unauthorized = new(401, Codes.Unauthorized, "This call needs a valid token: Authorization: Bearer sbx_….");

    // Words for people: an apostrophe stays one. Its media type is no page's, so nothing in it can become markup.
    private static readonly JsonWriterOptions s_readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, Problem problem)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            // Half an answer is out: all that can still be said is that it is not whole.
            context.Abort();
            return Task.CompletedTask;
        }

        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (problem.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (problem.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString();

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, s_readable)) Write(json, problem);
        response.ContentLength = buffer.WrittenCount;
        return response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }

    private static void Write(Utf8JsonWriter json, Problem problem)
    {
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(problem.Status));
        json.WriteNumber("status", problem.Status);
        json.WriteString("detail", problem.Detail);
        json.WriteString("code", problem.Code);
        if (problem.ExecutionId is { } execution) json.WriteString("execution_id", execution);
        if (problem.Errors.Count > 0)
        {
            json.WritePropertyName("errors");
            JsonSerializer.Serialize(json, problem.Errors, ApiJson.Default.IReadOnlyListFieldError);
        }

        json.WriteEndObject();
    }
}
