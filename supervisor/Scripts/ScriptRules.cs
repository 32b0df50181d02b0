using System.Text;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Scripts;

/// <summary>What a script's fields may be. Pure: what needs V8, the routes or the database is asked elsewhere.</summary>
internal static class ScriptRules
{
    public const int SourceBytesMax = 100 * 1024;
    private const int ApiVersion = 1;

    /// <summary>The script after the write, or every field that is not acceptable.</summary>
    public static Result<Script> Apply(Script script, ScriptWrite write, bool isNew)
    {
        var errors = new List<FieldError>();
        var kind = write.Kind ?? script.Kind;
        if (isNew && write.Name is null) errors.Add(new FieldError("name", "is missing"));
        if (isNew && write.Kind is null) errors.Add(new FieldError("kind", "is missing; one of scheduled, http, event, oneoff, embedded"));
        if (isNew && write.Source is null) errors.Add(new FieldError("source", "is missing"));
        if (!isNew && kind != script.Kind) errors.Add(new FieldError("kind", "cannot change; make another script"));
        if (write.Name is { } name && Text.NameComplaint(name) is { } complaint) errors.Add(new FieldError("name", complaint));
        Short("title", write.Title, 200, errors);
        Short("description", write.Description, 10_000, errors);
        if (write.Source is { } source) Source(source, errors);
        if (write.ApiVersion is { } version and not ApiVersion) errors.Add(new FieldError("api_version", $"is {version}; this product has {ApiVersion}"));
        Tags(write.Tags, errors);
        if (write.InputSchema is { } schema && !schema.Text.TrimStart().StartsWith('{')) errors.Add(new FieldError("input_schema", "must be a JSON Schema object, or null"));
        if (write.Uses is { } uses && UsesRules.Read(uses).Problem is { } refused) errors.AddRange(refused.Errors);
        if (Shape("retry", write.Retry, ScriptsJson.Default.RetryPolicy, errors) is { } retry) Retry(retry, errors);
        if (!isNew)
            foreach (var field in (string[])["name", "kind", "source", "enabled", "api_version"])
                if (write.Nulls.Contains(field)) errors.Add(new FieldError(field, "must not be null: leave it out where it stays as it is"));
        var limits = LimitRules.Apply(WithDefaults(script.Limits, write.Nulls), write.Limits, kind, errors);
        var trigger = isNew || write.Trigger is not null || write.Nulls.Contains("trigger") ? TriggerRules.Normal(kind, write.Trigger, errors) : script.Trigger;
        if (errors.Count > 0) return Problem.Invalid([.. errors]);

        return script with
        {
            Name = write.Name ?? script.Name,
            Title = write.Nulls.Contains("title") ? null : write.Title ?? script.Title,
            Description = write.Nulls.Contains("description") ? null : write.Description ?? script.Description,
            Kind = kind,
            Source = write.Source ?? script.Source,
            Enabled = write.Enabled ?? script.Enabled,
            Tags = write.Nulls.Contains("tags") ? [] : write.Tags ?? script.Tags,
            InputSchema = write.Nulls.Contains("input_schema") ? null : write.InputSchema ?? script.InputSchema,
            Uses = write.Nulls.Contains("uses") ? null : write.Uses ?? script.Uses,
            Record = write.Nulls.Contains("record") ? RecordPolicy.All : write.Record ?? script.Record,
            Trigger = trigger,
            Retry = write.Nulls.Contains("retry") ? null : write.Retry ?? script.Retry,
            Limits = limits,
        };
    }

    public static void Source(string source, List<FieldError> errors)
    {
        var bytes = Encoding.UTF8.GetByteCount(source);
        if (bytes > SourceBytesMax) errors.Add(new FieldError("source", $"has {bytes} bytes; at most {SourceBytesMax} are taken. Split the script, or leave out what it does not need"));
        else if (!Text.IsStorable(source)) errors.Add(new FieldError("source", "holds a NUL character or a lone surrogate; write it as an escape, such as \\u0000"));
    }

    private static void Short(string field, string? value, int charactersMax, List<FieldError> errors)
    {
        if (value is null) return;
        if (value.Length > charactersMax) errors.Add(new FieldError(field, $"has {value.Length} characters; at most {charactersMax} are taken"));
        else if (!Text.IsStorable(value)) errors.Add(new FieldError(field, "holds a NUL character or a lone surrogate"));
    }

    private static void Tags(IReadOnlyList<string>? tags, List<FieldError> errors)
    {
        if (tags is not null && (tags.Count > 50 || tags.Any(tag => tag.Length is 0 or > 100 || !Text.IsStorable(tag)) || tags.Distinct(StringComparer.Ordinal).Count() != tags.Count))
            errors.Add(new FieldError("tags", "must be at most 50 different strings of 1 to 100 characters, without NUL or lone surrogates"));
    }

    private static void Retry(RetryPolicy retry, List<FieldError> errors)
    {
        if (retry.Attempts is < 1 or > 100) errors.Add(new FieldError("retry.attempts", $"is {retry.Attempts}; choose 1 to 100"));
        if (retry.BackoffMs is < 0 or > 86_400_000) errors.Add(new FieldError("retry.backoff_ms", $"is {retry.BackoffMs}; choose 0 to 86400000 milliseconds"));
        if (retry.Factor is < 1 or > 100) errors.Add(new FieldError("retry.factor", $"is {retry.Factor}; choose 1 to 100"));
        if (retry.Codes is { } codes && (codes.Count > 50 || codes.Any(code => code.Length > 50 || !Text.IsStorable(code)))) errors.Add(new FieldError("retry.codes", "must be at most 50 codes"));
    }

    private static T? Shape<T>(string field, RawJson? value, JsonTypeInfo<T> type, List<FieldError> errors) where T : class
    {
        if (value is not { } raw) return null;
        var read = JsonShape.Read(Encoding.UTF8.GetBytes(raw.Text), type, $"{field}.");
        if (read.Problem is { } problem) errors.AddRange(problem.Errors.Count > 0 ? problem.Errors : [new FieldError(field, problem.Detail)]);
        return read.Value;
    }

    private static ScriptLimits WithDefaults(ScriptLimits limits, IReadOnlySet<string> nulls)
    {
        var standard = new ScriptLimits();
        if (nulls.Contains("limits")) return standard;
        return new ScriptLimits
        {
            TimeoutMs = nulls.Contains("limits.timeout_ms") ? standard.TimeoutMs : limits.TimeoutMs,
            MemoryBytes = nulls.Contains("limits.memory_bytes") ? standard.MemoryBytes : limits.MemoryBytes,
            OutputBytes = nulls.Contains("limits.output_bytes") ? standard.OutputBytes : limits.OutputBytes,
            Concurrency = nulls.Contains("limits.concurrency") ? standard.Concurrency : limits.Concurrency,
            Calls = nulls.Contains("limits.calls") ? standard.Calls : limits.Calls,
        };
    }
}
