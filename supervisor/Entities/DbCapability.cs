using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Entities;

/// <summary>
/// What the calls of <c>sdk.db</c> on an entity have in common. Arguments: the transaction or null, the entity's name, and what the call itself takes.
/// </summary>
internal abstract class DbCapability(string method, AllowedOperations needs, IEntityCatalog catalog, DataAccess data) : ICapability
{
    private const int NameMax = 100;

    public string Name { get; } = $"db.{method}";

    public CallGroup Group => CallGroup.Data;

    public bool Changes => needs != AllowedOperations.Read;

    protected DataAccess Data => data;

    public Use? Needs(BrokerCall call) => new Use(Changes ? UseKind.EntityWrite : UseKind.EntityRead, NameOf(call));

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var name = NameOf(call);
        var entity = await catalog.FindAsync(call.TenantId, name, cancellationToken)
            ?? throw call.Invalid($"there is no entity {DbNames.Shown(name)}; sdk.db.entities() lists them, and an administrator opens more");
        if (!entity.Operations.HasFlag(needs)) throw call.Refused(Codes.NotAllowed, $"{entity.Name} does not allow {needs.ToString().ToLowerInvariant()}; an administrator can open it");
        return await CallAsync(call, entity, call.Whole(0, "transaction", 1, long.MaxValue), cancellationToken);
    }

    /// <summary>Its statements are rolled back.</summary>
    public ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken) => CallAsync(call, cancellationToken);

    protected abstract Task<string?> CallAsync(BrokerCall call, OpenedEntity entity, long? transaction, CancellationToken cancellationToken);

    private static string NameOf(BrokerCall call)
    {
        var name = call.Text(1, "entity", NameMax);
        call.Summary = DbNames.Shown(name);
        return name;
    }

    /// <summary>Where rows are written down in a dry run; null: it is none.</summary>
    protected DryRunRows? DryRun(BrokerCall call, OpenedEntity entity, long? transaction) =>
        call.DryRun is { } dryRun ? new DryRunRows(data, call, dryRun, entity, transaction) : null;

    protected static JsonElement Given(BrokerCall call, int index, string name) => call.Argument(index) ?? throw call.Invalid($"{name} is missing");
}
