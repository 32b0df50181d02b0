using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>PostgreSQL's refusals in a script's terms. Names of constraints and columns are told, values never: they may be another tenant's.</summary>
internal static class DataErrors
{
    public const string QueryTimeout = "QUERY_TIMEOUT";
    private const int TextMax = 300;

    /// <summary>Null where it is no fault of the script's.</summary>
    public static CallRefusedException? Of(PostgresException exception, BrokerCall call, string entity, TimeSpan statementMax) => exception.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation =>
            call.Refused(Codes.Conflict, $"a row of {entity} with these values exists already ({exception.ConstraintName})"),
        PostgresErrorCodes.ForeignKeyViolation =>
            call.Refused(Codes.Conflict, $"{entity} refers to a row that does not exist, or is referred to ({exception.ConstraintName})"),
        PostgresErrorCodes.NotNullViolation => call.Invalid($"{entity}.{exception.ColumnName} must not be null"),
        PostgresErrorCodes.CheckViolation => call.Invalid($"the row does not fulfil the rule {exception.ConstraintName} of {entity}"),
        PostgresErrorCodes.InvalidColumnReference => call.Invalid($"on must name the fields of a unique index of {entity}, which also has the tenant's column"),
        PostgresErrorCodes.CardinalityViolation => call.Invalid("two of the rows have the same values in the fields of on"),
        PostgresErrorCodes.InsufficientPrivilege => call.Refused(Codes.NotAllowed, $"the database does not allow this on {entity}; an administrator must grant it"),
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable =>
            new CallRefusedException(QueryTimeout, $"A statement on {entity} did not end within {statementMax.TotalSeconds:0.###} s (Sandbox:Data:StatementMax), or waited for a lock."),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected =>
            call.Refused(Codes.Conflict, $"another transaction changed the same rows of {entity}; try again"),
        PostgresErrorCodes.InFailedSqlTransaction => call.Refused(Codes.Conflict, "an earlier statement of this transaction failed; it is rolled back"),
        PostgresErrorCodes.RaiseException => call.Refused(Codes.Conflict, $"{entity}: {Cut(DbNames.Shown(exception.MessageText))}"),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedObject =>
            call.Refused(Codes.NotFound, $"the table behind {entity} has changed; an administrator must open it anew"),
        // Class 22, data exceptions: a value that the type does not take, such as a date that does not exist.
        ['2', '2', ..] => call.Invalid($"a value does not fit {entity}: {Cut(exception.MessageText)}"),
        _ => null,
    };

    private static string Cut(string text) => text.Length <= TextMax ? text : text[..TextMax];
}
