using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Hosting.Demo;

/// <summary>Business data for the demo's tenants, opened as entities where a tenant has none. What cannot be made is logged, and the start goes on.</summary>
internal sealed class DemoData(DatabaseStartup database, IEntities entities, ILogger<DemoData> logger)
{
    public async Task PrepareAsync(IReadOnlyList<Tenant> tenants, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsAdminAsync(cancellationToken);
            await DemoDataStore.MakeAsync(connection, [.. tenants.Select(tenant => tenant.Id)], cancellationToken);
        }
        catch (PostgresException e)
        {
            // The login of an external PostgreSQL need not have the right to make a schema.
            DemoLog.DataRefused(logger, e.MessageText);
            return;
        }

        foreach (var tenant in tenants) await OpenAsync(tenant, cancellationToken);
    }

    private async Task OpenAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var principal = Principal.System("demo", tenant.Id);
        if ((await entities.ListAsync(principal, new PageRequest(1), cancellationToken)).Value is not { Items.Count: 0 }) return;
        foreach (var (name, write) in DemoEntities.All)
        {
            if ((await entities.PutAsync(principal, name, write, null, cancellationToken)).Problem is { } problem)
                DemoLog.EntityRefused(logger, name, tenant.Slug, problem.Detail);
        }
    }
}
