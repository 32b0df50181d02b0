using System.Text.Json.Serialization;

namespace Sandbox.Protocol.Api;

/// <summary>A value, or the problem that stands in its place. What a caller did wrong is never an exception.</summary>
public readonly record struct Result<T>
{
    private Result(T? value, Problem? problem) => (Value, Problem) = (value, problem);

    public T? Value { get; }
    public Problem? Problem { get; }

    public static implicit operator Result<T>(T value) => new(value, null);
    public static implicit operator Result<T>(Problem problem) => new(default, problem);
}

/// <summary>RFC 9457 problem, as the REST API answers it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">One of <see cref="Codes"/>.</param>
/// <param name="Detail">One sentence that names the field or limit and the remedy; safe to show.</param>
public sealed record Problem(int Status, string Code, string Detail)
{
    /// <summary>By field.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>The execution it is about.</summary>
    public Guid? ExecutionId { get; init; }

    /// <summary>For <c>Retry-After</c>, seconds.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Of a draft that another version overtook.</summary>
    public DraftDiff? Diff { get; init; }

    public static Problem NotFound(string what) => new(404, Codes.NotFound, what);

    /// <summary>422 for fields that are not acceptable.</summary>
    public static Problem Invalid(params IReadOnlyList<FieldError> errors) =>
        new(422, errors.Count == 1 && errors[0].Field == "source" && errors[0].Line is not null ? Codes.SyntaxError : Codes.InvalidArgument,
            errors.Count == 1 ? $"{errors[0].Field}: {errors[0].Message}" : $"{errors.Count} fields are not acceptable.")
        { Errors = errors };
}

/// <summary>What is wrong with one field. Line and column, 1-based, for <c>source</c> and <c>trigger.cron</c>.</summary>
public sealed record FieldError(
    string Field,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Column = null);

/// <summary>One page of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which page. <paramref name="Limit"/> 1 to 200.</summary>
public sealed record PageRequest(int Limit = 50, string? Cursor = null);
