using System.Buffers;
using System.Text.Json;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>Writes <see cref="Problem"/> as RFC 9457 problem+json; the one shape of every refusal on every listener.</summary>
internal static class Problems
{
    private const int RetryAfterSeconds = 1;

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

        var bytes = Bytes(problem);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>What is wrong with a request that Kestrel itself refused.</summary>
    public static Problem Of(BadHttpRequestException e) => e.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new Problem(408, Codes.InvalidArgument, "The request did not arrive in time."),
        StatusCodes.Status413PayloadTooLarge => new Problem(413, Codes.InputTooLarge, $"The body is larger than the {Body.BytesMax} bytes that this listener takes."),
        StatusCodes.Status414UriTooLong => new Problem(414, Codes.InvalidArgument, "The request line is longer than the 8192 bytes that this listener takes."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new Problem(431, Codes.InvalidArgument, "The headers are more than 100, or longer than the 32768 bytes that this listener takes."),
        StatusCodes.Status505HttpVersionNotsupported => new Problem(505, Codes.InvalidArgument, "This listener speaks HTTP/1.1 and HTTP/1.0."),
        // Also where Kestrel says 405: its reason is the form of the target, which no header Allow mends.
        _ => new Problem(400, Codes.InvalidArgument, "The request is not well-formed HTTP."),
    };

    /// <summary>The status of a failed execution. What the script or the worker said stays in the record; the caller learns the code.</summary>
    public static Problem Of(Execution execution, int? retryAfterSeconds = null)
    {
        var code = execution.Status == ExecutionStatus.Cancelled ? Codes.Interrupted : execution.Code ?? Codes.Internal;
        var (status, detail) = code switch
        {
            Codes.Timeout => (504, "The script did not end within its time."),
            Codes.ConcurrencyLimit => (503, "Too many executions run at once; try again shortly."),
            Codes.Overloaded => (503, "No worker was free in time; try again shortly."),
            Codes.WorkerLost => (503, "The execution was lost for no fault of its own; try again."),
            Codes.Interrupted => (503, "The execution was interrupted; try again."),
            Codes.RateLimit => (429, "Too many calls; try again later."),
            Codes.QuotaExceeded => (429, "The tenant's quota is used up; try again later."),
            _ => (502, "The script failed; its record says why."),
        };
        return new Problem(status, code, detail) { ExecutionId = execution.Id, RetryAfterSeconds = status is 503 or 429 ? retryAfterSeconds ?? RetryAfterSeconds : null };
    }

    /// <summary>The body of an answer.</summary>
    public static ReadOnlyMemory<byte> Bytes(Problem problem)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, s_readable)) Write(json, problem);
        return buffer.WrittenMemory;
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
            JsonSerializer.Serialize(json, problem.Errors, RestJson.Default.IReadOnlyListFieldError);
        }

        if (problem.Diff is { } diff)
        {
            json.WritePropertyName("diff");
            JsonSerializer.Serialize(json, diff, RestJson.Default.DraftDiff);
        }

        json.WriteEndObject();
    }
}
