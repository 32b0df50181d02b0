using System.Buffers;
using System.Text;
using System.Text.Json;
using Prometheus;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Turns what became of an execution into the HTTP answer.</summary>
internal static class EndpointAnswer
{
    /// <summary>See <c>docs/telemetry.md</c>.</summary>
    private static readonly Counter s_refusals = Metrics.CreateCounter("sandbox_endpoint_refusals_total", "Requests to endpoints that were refused before there was an execution, by code.", "code");

    public static Task WriteAsync(HttpContext context, RunResult result, bool prefixed)
    {
        context.Response.Headers[HeaderNames.ExecutionId] = result.Execution.Id.ToString();
        if (result.Execution.Status != ExecutionStatus.Completed) return FailAsync(context, Problems.Of(result.Execution, result.RetryAfterSeconds), prefixed);

        EndpointHeaders.Seal(context.Response, prefixed);
        if (result.Responded && result.Answer is { } answer) return RespondedAsync(context, answer, result.Execution.Id, prefixed);
        if (result.Answer is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        return SendAsync(context, result.Answer);
    }

    /// <summary>What a queued endpoint answers.</summary>
    public static Task AcceptedAsync(HttpContext context, Guid execution, bool prefixed)
    {
        context.Response.Headers[HeaderNames.ExecutionId] = execution.ToString();
        EndpointHeaders.Seal(context.Response, prefixed);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.ContentType = "application/json; charset=utf-8";
        return SendAsync(context, $$"""{"execution_id":"{{execution}}"}""");
    }

    public static void CountRefusal(string code) => s_refusals.WithLabels(code).Inc();

    public static Task FailAsync(HttpContext context, Problem problem, bool prefixed)
    {
        if (problem.ExecutionId is null) CountRefusal(problem.Code);
        EndpointHeaders.Seal(context.Response, prefixed);
        return Problems.WriteAsync(context, problem);
    }

    /// <summary><c>{status, headers, body, bodyEncoding?}</c>, shaped by a worker and so read with care.</summary>
    private static async Task RespondedAsync(HttpContext context, string answer, Guid execution, bool prefixed)
    {
        using var document = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = JsonText.DepthMax + 2 });
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("status"u8, out var status) || !status.TryGetInt32(out var number) || number is < 200 or > 599)
        {
            await FailAsync(context, new Problem(502, Codes.InvalidOutput, "The script failed; its record says why.") { ExecutionId = execution }, prefixed);
            return;
        }

        var response = context.Response;
        response.StatusCode = number;
        CopyHeaders(root, context, prefixed);
        // RFC 9110, 15.3.5, 15.3.6 and 15.4.5: these have no content, and Kestrel throws where one writes some.
        if (number is 204 or 205 or 304 || !root.TryGetProperty("body"u8, out var body) || body.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return;

        if (body.ValueKind != JsonValueKind.String)
        {
            response.ContentType ??= "application/json; charset=utf-8";
            await SendAsync(context, body.GetRawText());
            return;
        }

        if (root.TryGetProperty("bodyEncoding"u8, out var encoding) && encoding.ValueKind == JsonValueKind.String && encoding.ValueEquals("base64"u8))
        {
            if (!body.TryGetBytesFromBase64(out var bytes)) bytes = [];
            response.ContentType ??= "application/octet-stream";
            response.ContentLength = bytes.Length;
            await response.Body.WriteAsync(bytes, context.RequestAborted);
            return;
        }

        response.ContentType ??= "text/plain; charset=utf-8";
        await SendAsync(context, StringOf(body));
    }

    private static void CopyHeaders(JsonElement root, HttpContext context, bool prefixed)
    {
        if (!root.TryGetProperty("headers"u8, out var headers) || headers.ValueKind != JsonValueKind.Object) return;
        var kept = new EndpointHeaders(context.Request, prefixed);
        foreach (var header in headers.EnumerateObject())
        {
            if (header.Value.ValueKind == JsonValueKind.String) kept.Add(header.Name, StringOf(header.Value));
            if (header.Value.ValueKind != JsonValueKind.Array) continue;
            foreach (var value in header.Value.EnumerateArray())
            {
                if (value.ValueKind == JsonValueKind.String) kept.Add(header.Name, StringOf(value));
            }
        }

        kept.CopyTo(context.Response);
    }

    /// <summary>A lone surrogate, which UTF-8 cannot carry, goes out as U+FFFD, as a browser's TextEncoder would write it.</summary>
    private static string StringOf(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return JsonText.Decode(element.GetRawText()) ?? "";
        }
    }

    private static async Task SendAsync(HttpContext context, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        context.Response.ContentLength = length;
        var writer = context.Response.BodyWriter;
        Encoding.UTF8.GetBytes(text, writer);
        await writer.FlushAsync(context.RequestAborted);
    }
}
