namespace Sandbox.Supervisor.Entities;

/// <summary>The types of PostgreSQL whose values a script can have.</summary>
internal static class ColumnTypes
{
    /// <summary>Digits that a number of JavaScript always keeps.</summary>
    private const int ExactDigits = 15;

    private const int ModifierOffset = 4;

    /// <summary>Null where it is none of them.</summary>
    /// <param name="name">In <c>pg_type</c>; of an array, of its elements.</param>
    /// <param name="isBuiltIn">It is in <c>pg_catalog</c>.</param>
    /// <param name="modifier"><c>atttypmod</c>; -1: none.</param>
    public static ColumnKind? Of(string name, bool isBuiltIn, bool isEnum, int modifier) => (isBuiltIn, name) switch
    {
        _ when isEnum => ColumnKind.Enum,
        (false, _) => null,
        (_, "bool") => ColumnKind.Boolean,
        (_, "int2" or "int4") => ColumnKind.Integer,
        (_, "int8") => ColumnKind.Bigint,
        (_, "float4" or "float8") => ColumnKind.Float,
        (_, "numeric") => PrecisionOf(modifier) <= ExactDigits ? ColumnKind.Decimal : ColumnKind.WideDecimal,
        (_, "text" or "varchar" or "bpchar") => ColumnKind.Text,
        (_, "uuid") => ColumnKind.Uuid,
        (_, "date") => ColumnKind.Date,
        (_, "timestamp") => ColumnKind.Timestamp,
        (_, "timestamptz") => ColumnKind.TimestampTz,
        (_, "time") => ColumnKind.Time,
        (_, "json" or "jsonb") => ColumnKind.Json,
        (_, "bytea") => ColumnKind.Bytes,
        _ => null,
    };

    /// <summary>The modifier of numeric is precision and scale in 16 bits each, and 4 (numeric.c, numeric_typmod_precision).</summary>
    private static int PrecisionOf(int modifier) =>
        modifier < ModifierOffset ? int.MaxValue : ((modifier - ModifierOffset) >> 16) & 0xffff;
}
