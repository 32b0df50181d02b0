using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Entities;

/// <summary>Section <c>Sandbox:Data</c>: what scripts may take of the databases that hold business data.</summary>
internal sealed class DataOptions
{
    public const string Section = "Sandbox:Data";

    /// <summary>Time of one statement, 100 ms to 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan StatementMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time from the begin of a script's transaction to its end, 100 ms to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan TransactionMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time from the first statement of a dry run until what it did is rolled back, 100 ms to 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan DryRunMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections that the scripts of one tenant hold at once, 1 to 500; more wait.</summary>
    [Range(1, 500)]
    public int ConnectionsPerTenant { get; set; } = 10;

    /// <summary>Wait for one of them, 0 to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan WaitMax { get; set; } = TimeSpan.FromSeconds(5);
}
