using System.Text;
using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Listeners;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Executions;

/// <summary><c>POST /scripts/{id or name}/invoke</c>: runs and waits; 200 with the execution whatever became of it.</summary>
internal static class InvokeEndpoints
{
    private const int InputBytesAbsolute = 10 * 1024 * 1024;
    private static readonly RawJson s_trigger = new("{\"type\":\"api\"}");

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/scripts/{script}/invoke", Invoke).Needs(Permissions.ScriptsExecute).WithTags("run")
            .WithName("invokeScript").WithSummary("Runs a script of any kind and waits for its end").Takes(typeof(InvokeFields)).Gives(typeof(Execution));

    private static async Task Invoke(HttpContext context)
    {
        var scripts = context.RequestServices.GetRequiredService<ScriptCache>();
        var tenants = context.RequestServices.GetRequiredService<TenantDirectory>();
        var door = context.RequestServices.GetRequiredService<IRunDoor>();
        var tenant = tenants.ById(context.TenantId());
        var script = tenant is null ? null : await scripts.GetAsync(tenant.Id, ScriptEndpoints.IdOrName(context), context.RequestAborted);
        if (tenant is null || script is null)
        {
            await Problems.WriteAsync(context, Problem.NotFound(ScriptEndpoints.Missing(context)));
            return;
        }

        var read = await ReadAsync(context, script);
        if (read.Problem is { } problem)
        {
            await Problems.WriteAsync(context, problem);
            return;
        }

        var body = read.Value!;
        var request = new RunRequest
        {
            Tenant = tenant,
            Script = script,
            Input = body.TooDeep ? RawJson.Null : body.Input,
            TimeoutMs = body.TimeoutMs,
            TriggerType = TriggerType.Api,
            Trigger = s_trigger,
            TraceParent = TraceParent.Parse(context.Request.Headers.TraceParent),
            Cause = new Cause("token", context.Principal().Id.ToString()),
        };
        var result = body.TooDeep
            ? await door.RefuseAsync(request, Codes.InvalidInput, $"The input is nested deeper than {JsonText.DepthMax} levels.", context.RequestAborted)
            : tenant.Suspended
            ? await door.RefuseAsync(request, Codes.NotAllowed, "The tenant is suspended.", context.RequestAborted)
            : ScriptCache.Refusal(script) is { } refusal
            ? await door.RefuseAsync(request, refusal.Code, refusal.Detail, context.RequestAborted)
            : await door.RunAsync(request, context.RequestAborted);
        if (context.RequestAborted.IsCancellationRequested) return;
        context.Response.Headers[HeaderNames.ExecutionId] = result.Execution.Id.ToString();
        await Answers.JsonAsync(context, result.Execution, ExecutionsJson.Default.Execution);
    }

    private static async ValueTask<Result<InvokeBody>> ReadAsync(HttpContext context, Script script)
    {
        if (!Body.IsJson(context.Request)) return new Problem(415, Codes.InvalidArgument, "The body must be JSON: Content-Type: application/json.");
        if (Query.Text(context, "dry_run") is { } dryRun && dryRun != "false") return Problem.Invalid(new FieldError("dry_run", "is not available in this version"));
        using var body = await Body.ReadAsync(context, Body.BytesMax);
        if (body is null) return TooLarge(InputBytesAbsolute);
        if (body.Length == 0) return new InvokeBody(RawJson.Null, null, TooDeep: false);
        if (JsonShape.Broken(body.Span, int.MaxValue, Codes.InvalidInput) is { } broken) return broken;
        return Parse(body.Span, script);
    }

    /// <summary>Takes the envelope apart and leaves the input as the text it is.</summary>
    private static Result<InvokeBody> Parse(ReadOnlySpan<byte> json, Script script)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return Problem.Invalid(new FieldError("body", "must be a JSON object: {\"input\": …, \"timeout_ms\": …}"));

        var input = RawJson.Null;
        int? timeout = null;
        var tooDeep = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                tooDeep = SkipMeasured(ref reader) > JsonText.DepthMax;
                var value = json[start..(int)reader.BytesConsumed];
                var bytesMax = Math.Min(script.Limits.OutputBytes, InputBytesAbsolute);
                if (value.Length > bytesMax) return TooLarge(bytesMax);
                input = new RawJson(Encoding.UTF8.GetString(value));
            }
            else if (reader.ValueTextEquals("timeout_ms"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null) continue;
                if (!WholeNumbers.TryRead(ref reader, out int milliseconds) || milliseconds is < 1 or > 3_600_000)
                    return Problem.Invalid(new FieldError("timeout_ms", "must be a whole number from 1 to 3600000; the script's own limit holds beside it"));
                timeout = milliseconds;
            }
            else
            {
                return Problem.Invalid(new FieldError(NameOf(ref reader), "is not a field here; the fields are input, timeout_ms"));
            }
        }

        return new InvokeBody(input, timeout, tooDeep);
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        var name = JsonText.Decode($"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"") ?? "body";
        return name.Length <= 100 ? name : name[..100];
    }

    /// <summary>Skips a value; its levels of nesting.</summary>
    private static int SkipMeasured(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return 0;
        var outer = reader.CurrentDepth;
        var deepest = 1;
        while (reader.Read() && reader.CurrentDepth > outer)
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) deepest = Math.Max(deepest, reader.CurrentDepth - outer + 1);
        }

        return deepest;
    }

    private static Problem TooLarge(int bytesMax) =>
        new(413, Codes.InputTooLarge, $"The input is larger than {bytesMax} bytes (limits.output_bytes of the script bounds both, and is at most {InputBytesAbsolute}).");

    /// <summary>The body's fields, for its description: the input is read as the text it is, by hand.</summary>
    internal sealed record InvokeFields(RawJson? Input, int? TimeoutMs);

    /// <param name="TooDeep">Levels beyond what is accepted.</param>
    internal sealed record InvokeBody(RawJson Input, int? TimeoutMs, bool TooDeep);
}
