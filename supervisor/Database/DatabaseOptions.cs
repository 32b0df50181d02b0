namespace Sandbox.Supervisor.Database;

/// <summary>Section <c>Sandbox:Database</c>.</summary>
internal sealed class DatabaseOptions
{
    public const string Section = "Sandbox:Database";

    /// <summary>An external PostgreSQL (15 or newer), in Npgsql's form. Empty: the supervisor starts one of its own under the data directory.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Where <c>initdb</c> and <c>postgres</c> of the own PostgreSQL are. Empty: the newest that is installed.</summary>
    public string BinDirectory { get; set; } = "";

    /// <summary>Connections at most, 8 to 500. A quarter serves the supervisor's own work, a quarter <c>sdk.db</c>, the rest the tenants' other work.</summary>
    public int Connections { get; set; } = 40;

    /// <summary>Days that history is kept, 1 to 3,650; older days are dropped by whole partitions.</summary>
    public int HistoryDays { get; set; } = 30;

    /// <summary>Finished executions that may wait in memory to be stored, 1,000 to 1,000,000; beyond it callers wait.</summary>
    public int BacklogRecords { get; set; } = 50_000;
}
