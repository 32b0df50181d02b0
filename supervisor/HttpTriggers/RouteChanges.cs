using System.Text;
using Sandbox.Supervisor.Changes;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.HttpTriggers;

/// <summary>Keeps <see cref="RouteTable"/> as the database has it.</summary>
internal sealed class RouteChanges(RouteStore store, RouteTable table, RequestRates rates, ILogger<RouteChanges> logger) : IChangeSubscriber
{
    public async Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken)
    {
        // A change of the script may be one of its name or of the rest of its trigger.
        var scripts = changes.Where(change => change.Kind is ChangeKind.Route or ChangeKind.Script).Select(change => change.Id).Distinct().ToArray();
        if (scripts.Length == 0) return;
        table.Replace(scripts, Routes(await store.OfAsync(scripts, cancellationToken)));
        foreach (var script in scripts) rates.Forget(script);
    }

    public async Task ReloadAsync(CancellationToken cancellationToken) => table.Load(Routes(await store.AllAsync(cancellationToken)));

    private List<(Guid TenantId, Route Route)> Routes(IEnumerable<RouteRow> rows)
    {
        var routes = new List<(Guid, Route)>();
        foreach (var row in rows)
        {
            if (RouteTemplate.Parse(row.Template).Value is not { } template)
            {
                HttpTriggersLog.RouteUnreadable(logger, row.ScriptId);
                continue;
            }

            var trigger = row.Trigger is null ? null : JsonShape.Read(Encoding.UTF8.GetBytes(row.Trigger), ScriptsJson.Default.HttpTrigger).Value;
            if (trigger is null) HttpTriggersLog.TriggerUnreadable(logger, row.ScriptId);
            var known = (trigger ?? new HttpTrigger { Path = row.Template }) with { Methods = row.Methods };
            routes.Add((row.TenantId, new Route(row.ScriptId, row.ScriptName, template, known, IsReadable: trigger is not null)));
        }

        return routes;
    }
}
