using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Entities;

/// <summary>Entities: rules and the catalog before the store, the feed into memory after it.</summary>
internal sealed class EntityService(
    EntityStore store, EntityTableStore registered, BusinessTableStore tables, EntityOpening opening, ChangesFeed changes, ILogger<EntityService> logger)
    : IEntities
{
    public async Task<Result<Page<Entity>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        return entered.Problem is { } refused ? refused : await store.ListAsync(entered.Value, page, cancellationToken);
    }

    public async Task<Result<Entity>> GetAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        return await store.GetAsync(entered.Value, name, cancellationToken) is { } entity ? entity : Missing(name);
    }

    public async Task<Result<StoredEntity>> PutAsync(Principal principal, string name, EntityWrite write, string? ifMatch, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        var read = EntityRules.Read(name, write);
        if (read.Value is not { } entity) return read.Problem!;
        var tenant = entered.Value;
        var current = await store.GetAsync(tenant, name, cancellationToken);
        if (ETags.Refusal(ifMatch, current is null ? "" : ETags.Of(current)) is { } stale) return stale;
        // Before the catalog is asked: whoever may not open a table does not learn what is in it.
        if (await UnregisteredAsync(principal, entity, cancellationToken) is { } unregistered) return unregistered;
        var opened = await opening.OpenAsync(entity, cancellationToken);
        if (opened.Value is null) return opened.Problem!;
        if (await GrantsProblemAsync(principal, opened.Value, cancellationToken) is { } ungranted) return ungranted;

        if (principal.Superadmin) await registered.RegisterAsync(entity.Database, TableName.Parse(entity.Table).Value, entity.TenantColumn, cancellationToken);
        var stored = await store.PutAsync(tenant, entity, ifMatch is null ? null : current?.UpdatedAt, cancellationToken);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return stored is null ? ETags.Refusal(ifMatch, "")! : stored;
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, string name, string? ifMatch, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.SettingsManage);
        if (entered.Problem is { } refused) return refused;
        var tenant = entered.Value;
        if (await store.GetAsync(tenant, name, cancellationToken) is not { } entity) return Missing(name);
        if (ETags.Refusal(ifMatch, ETags.Of(entity)) is { } stale) return stale;
        if (!await store.DeleteAsync(tenant, name, cancellationToken)) return Missing(name);
        await changes.CatchUpAfterWriteAsync(cancellationToken);
        return true;
    }

    /// <summary>A tenant's administrator opens what the operator opened before, by the same tenant column.</summary>
    private async Task<Problem?> UnregisteredAsync(Principal principal, Entity entity, CancellationToken cancellationToken)
    {
        if (principal.Superadmin) return null;
        var registration = await registered.FindAsync(entity.Database, TableName.Parse(entity.Table).Value, cancellationToken);
        if (!EntityTableRules.MayName(principal, registration))
            return new Problem(403, Codes.NotAllowed, $"The table {entity.Table} is not opened to tenants; a superadmin must open it as an entity first.");
        if (registration!.TenantColumn == entity.TenantColumn) return null;
        var wanted = registration.TenantColumn is { } column ? $"with tenant_column '{column}'" : "as shared, with tenant_column null";
        return new Problem(403, Codes.NotAllowed, $"The table {entity.Table} is opened {wanted}; use that, or a superadmin must open it by another column first.");
    }

    private async Task<Problem?> GrantsProblemAsync(Principal principal, OpenedEntity entity, CancellationToken cancellationToken)
    {
        var needed = NeededGrants.Of(entity);
        try
        {
            var missing = await tables.MissingGrantsAsync(entity.Database, needed, cancellationToken);
            if (missing.Count > 0 && principal.Superadmin && entity.Database is null)
            {
                await tables.GrantAsync(missing, cancellationToken);
                // PostgreSQL only warns where it granted nothing.
                missing = await tables.MissingGrantsAsync(entity.Database, needed, cancellationToken);
            }

            return missing.Count == 0 ? null : Problem.Invalid(new FieldError(
                "table", $"lacks rights that the supervisor may not give itself; the owner of {entity.Schema}.{entity.Table} must run: {string.Join("; ", missing)};"));
        }
        catch (NpgsqlException e) when (entity.Database is not null && e is not PostgresException)
        {
            EntitiesLog.DatabaseUnreachable(logger, entity.Database, e);
            return EntityOpening.Unreachable(entity.Database);
        }
    }

    private static Problem Missing(string name) => Problem.NotFound($"There is no entity '{name}' in this tenant.");
}
