using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Scripts;

/// <summary>When a write of a script needs <c>scripts.publish</c> as well.</summary>
internal static class ScriptAccess
{
    /// <summary>A source goes live only with <c>scripts.publish</c>.</summary>
    public static Problem? PublishRefusal(Principal principal) =>
        principal.Refusal(Permissions.ScriptsPublish) is { } refused ? refused with { Detail = $"This makes a version live. {refused.Detail}" } : null;

    /// <summary>Whether a script has any right, declared or inferred.</summary>
    public static bool HasUses(Script script) => !EffectiveUses.Read(script.Uses, script.Source).IsEmpty;
}
