namespace Sandbox.Supervisor.Entities;

/// <summary>The type of a column, as far as values are read and written by it.</summary>
/// <param name="Kind">How JSON stands for a value of it; of an array, for its elements.</param>
/// <param name="SqlName">As <c>format_type</c> gives it, schema-qualified and quoted where needed, without length: what a parameter is cast to.</param>
/// <param name="IsArray">An array of such values.</param>
/// <param name="Labels">Of an enum; empty otherwise.</param>
internal sealed record ColumnType(ColumnKind Kind, string SqlName, bool IsArray, IReadOnlyList<string> Labels)
{
    /// <summary>As scripts see it, for example <c>bigint</c>, <c>text[]</c>.</summary>
    public string ShownName => Kind switch
    {
        ColumnKind.Enum => $"enum{(IsArray ? "[]" : "")}",
        _ => SqlName,
    };

    /// <summary>What a script sees of a value, for people: for example <c>string, ISO date</c>.</summary>
    public string InWords => IsArray ? $"array of: {Word}" : Word;

    private string Word => Kind switch
    {
        ColumnKind.Boolean => "boolean",
        ColumnKind.Integer or ColumnKind.Float or ColumnKind.Decimal => "number",
        ColumnKind.Bigint or ColumnKind.WideDecimal => "string of digits",
        ColumnKind.Text => "string",
        ColumnKind.Uuid => "string, UUID",
        ColumnKind.Date => "string, ISO date",
        ColumnKind.Timestamp or ColumnKind.TimestampTz => "string, ISO date and time",
        ColumnKind.Time => "string, time of day",
        ColumnKind.Json => "any JSON value",
        ColumnKind.Bytes => "string, base64",
        ColumnKind.Enum => "string, a label of the enum",
        _ => throw new InvalidOperationException(Kind.ToString()),
    };
}

/// <summary>How JSON stands for a value.</summary>
internal enum ColumnKind
{
    Boolean = 1,

    /// <summary>int2 and int4: a number.</summary>
    Integer,

    /// <summary>int8: a string of digits.</summary>
    Bigint,

    /// <summary>float4 and float8: a number; null where it is not finite.</summary>
    Float,

    /// <summary>numeric of at most 15 digits: a number.</summary>
    Decimal,

    /// <summary>numeric that is wider or unbounded: a string.</summary>
    WideDecimal,
    Text,
    Uuid,

    /// <summary>A string as ISO 8601 has it: <c>2025-01-31</c>.</summary>
    Date,

    /// <summary>A string as ISO 8601 has it, without zone.</summary>
    Timestamp,

    /// <summary>A string as ISO 8601 has it, in UTC with <c>Z</c>.</summary>
    TimestampTz,
    Time,

    /// <summary>json and jsonb: any value.</summary>
    Json,

    /// <summary>bytea: base64.</summary>
    Bytes,
    Enum,
}
