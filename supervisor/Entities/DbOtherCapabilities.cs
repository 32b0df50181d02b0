using System.Text.Json.Nodes;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Entities;

/// <summary>What this tenant's scripts may do with which data.</summary>
internal sealed class DbEntities(IEntityCatalog catalog) : ICapability
{
    public string Name => "db.entities";

    public CallGroup Group => CallGroup.Data;

    public bool Changes => false;

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var list = new JsonArray();
        foreach (var entity in await catalog.ListAsync(call.TenantId, cancellationToken))
        {
            var fields = new JsonArray();
            foreach (var field in entity.Fields.Values.OrderBy(field => field.Name, StringComparer.Ordinal))
                fields.Add(new JsonObject { ["name"] = field.Name, ["type"] = field.Type.ShownName, ["read"] = field.Read, ["write"] = field.Write });
            var operations = new JsonArray();
            foreach (var operation in Enum.GetValues<AllowedOperations>())
                if (operation != AllowedOperations.None && entity.Operations.HasFlag(operation)) operations.Add(operation.ToString().ToLowerInvariant());
            list.Add(new JsonObject { ["name"] = entity.Name, ["key"] = entity.Key, ["fields"] = fields, ["operations"] = operations });
        }

        return list.ToJsonString();
    }
}

/// <summary>Commits a transaction.</summary>
internal sealed class DbCommit(DataAccess data) : ICapability
{
    public string Name => "db.commit";

    public CallGroup Group => CallGroup.Data;

    public bool Changes => true;

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        if (call.Whole(0, "transaction", 1, long.MaxValue) is not { } id) throw call.Invalid("transaction is missing");
        if (data.TransactionsOf(call).Take(call, id) is { } held) await held.CommitAsync(call, cancellationToken);
        return null;
    }

    public async ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        if (call.Whole(0, "transaction", 1, long.MaxValue) is not { } id) throw call.Invalid("transaction is missing");
        await data.DryRunOf(call, dryRun).EndAsync(call, id, isCommit: true, cancellationToken);
        return null;
    }
}

/// <summary>Rolls a transaction back.</summary>
internal sealed class DbRollback(DataAccess data) : ICapability
{
    public string Name => "db.rollback";

    public CallGroup Group => CallGroup.Data;

    public bool Changes => false;

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        if (call.Whole(0, "transaction", 1, long.MaxValue) is not { } id) throw call.Invalid("transaction is missing");
        if (data.TransactionsOf(call).Take(call, id) is { } held) await held.DisposeAsync();
        return null;
    }

    public async ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        if (call.Whole(0, "transaction", 1, long.MaxValue) is not { } id) throw call.Invalid("transaction is missing");
        await data.DryRunOf(call, dryRun).EndAsync(call, id, isCommit: false, cancellationToken);
        return null;
    }
}
