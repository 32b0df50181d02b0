using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Alerts;

/// <summary>A rule in force.</summary>
/// <param name="Tenant">Slug.</param>
/// <param name="QuietUntil">It sends no message before; null: it may.</param>
internal sealed record TenantRule(Guid TenantId, string Tenant, AlertRule Rule, DateTimeOffset? QuietUntil)
{
    public bool Covers(AlertCondition condition, Guid scriptId, ScriptKind kind) =>
        Rule.On.Contains(condition) && (Rule.Script is null || Rule.Script == scriptId) && (Rule.Kinds.Count == 0 || Rule.Kinds.Contains(kind));
}
