namespace Sandbox.Supervisor.Database;

/// <summary>The database cannot be had as configured. The message is one sentence for the operator: what is wrong, and the remedy.</summary>
internal sealed class DatabaseException : Exception
{
    public DatabaseException()
    {
    }

    public DatabaseException(string message)
        : base(message)
    {
    }

    public DatabaseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
