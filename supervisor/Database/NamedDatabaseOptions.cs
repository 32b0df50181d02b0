using System.ComponentModel.DataAnnotations;

namespace Sandbox.Supervisor.Database;

/// <summary>Section <c>Sandbox:Databases:{name}</c>: another database whose tables can be opened as entities.</summary>
internal sealed class NamedDatabaseOptions
{
    public const string Root = "Sandbox:Databases";
    public const string Section = Root + ":*";

    /// <summary>
    /// In Npgsql's form, with Host and Username. Statements run as this login, without a role: give it rights on the opened tables and on
    /// nothing else, and let it bypass no row-level security.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections at most, 1 to 500.</summary>
    [Range(1, 500)]
    public int Connections { get; set; } = 10;
}
