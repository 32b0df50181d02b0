using Dapper;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>The routes of scripts, as the system: what the table in memory is made from.</summary>
internal sealed class RouteStore(Db db)
{
    private const string Columns = """
        select r.tenant_id as TenantId, r.script_id as ScriptId, s.name as ScriptName, min(r.template) as Template, array_agg(r.method order by r.method) as Methods, s.trigger::text as Trigger
        from sandbox.routes r
        join sandbox.scripts s on s.tenant_id = r.tenant_id and s.id = r.script_id

        """;

    private const string Grouping = "group by r.tenant_id, r.script_id, s.name, s.trigger::text order by r.script_id";

    public async Task<IReadOnlyList<RouteRow>> AllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<RouteRow>(new CommandDefinition(Columns + Grouping, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Those of the scripts that have any.</summary>
    public async Task<IReadOnlyList<RouteRow>> OfAsync(Guid[] scripts, CancellationToken cancellationToken)
    {
        await using var connection = await db.System.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<RouteRow>(new CommandDefinition(Columns + "where r.script_id = any(@scripts) " + Grouping, new { scripts }, cancellationToken: cancellationToken))).AsList();
    }
}

/// <summary>All routes of one script: one template, for these methods.</summary>
internal sealed class RouteRow
{
    public required Guid TenantId { get; init; }
    public required Guid ScriptId { get; init; }
    public required string ScriptName { get; init; }
    public required string Template { get; init; }
    public required string[] Methods { get; init; }
    public string? Trigger { get; init; }
}
