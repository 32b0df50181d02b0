using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Examples;

/// <summary>What an example may be. Pure.</summary>
internal static class ExampleRules
{
    private const int CodeMax = 100;

    /// <summary>
    /// 413 for an input, request or output that no execution of the script could have; 422 by field for what is no example.
    /// </summary>
    public static Problem? Complaint(Script script, string name, ExampleWrite write)
    {
        var errors = new List<FieldError>();
        if (Text.NameComplaint(name) is { } complaint) errors.Add(new FieldError("name", complaint));
        if (write.Request is not null && script.Kind != ScriptKind.Http)
            errors.Add(new FieldError("request", "is for scripts of the kind http alone"));
        if (write.Status is ExecutionStatus.Pending or ExecutionStatus.Running)
            errors.Add(new FieldError("status", "must be one of completed, failed, timeout, cancelled"));
        if (write.Status is null && (write.Code ?? write.Output?.ToString()) is not null)
            errors.Add(new FieldError("status", "is missing beside a code or an output"));
        if (write.Code is { } code && (code.Length > CodeMax || !Text.IsStorable(code)))
            errors.Add(new FieldError("code", "must be one of the codes of an execution"));
        if (errors.Count > 0) return Problem.Invalid([.. errors]);
        var max = Math.Min(script.Limits.OutputBytes, InputBody.InputBytesAbsolute);
        return TooLarge("input", write.Input, max) ?? TooLarge("request", write.Request, max) ?? TooLarge("output", write.Output, max);
    }

    /// <summary>Bytes that an example takes of what all of a script may have.</summary>
    public static long Bytes(ExampleWrite write) => Bytes(write.Input) + Bytes(write.Request) + Bytes(write.Output);

    public static long Bytes(RawJson? json) => json is { } given ? Encoding.UTF8.GetByteCount(given.ToString()) : 0;

    private static Problem? TooLarge(string field, RawJson? json, int max) =>
        Bytes(json) > max
            ? new Problem(413, Codes.InputTooLarge, $"The {field} is larger than {max} bytes (limits.output_bytes bounds it).")
            : null;
}
