using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Scripts;

/// <summary>The permissions that writes of scripts need, asked for where the work is done: a page or endpoint that forgets is refused.</summary>
internal static class ScriptAccess
{
    /// <summary>Null where the caller has it; else the 403.</summary>
    public static Problem? Refusal(Principal principal, string permission) =>
        principal.May(permission) ? null : new Problem(403, Codes.NotAllowed, $"This needs the permission {permission}, which the token '{principal.Name}' lacks.");

    /// <summary>A source goes live only with <c>scripts.publish</c>.</summary>
    public static Problem? PublishRefusal(Principal principal) =>
        principal.May(Permissions.ScriptsPublish)
            ? null
            : new Problem(403, Codes.NotAllowed, $"This makes a version live, which needs the permission {Permissions.ScriptsPublish}; the token '{principal.Name}' lacks it.");

    /// <summary>Whether a script asks for any right.</summary>
    public static bool DeclaresUses(Script script)
    {
        if (script.Uses is not { } uses) return false;
        using var declared = System.Text.Json.JsonDocument.Parse(uses.Text);
        return declared.RootElement.EnumerateObject().Any();
    }
}
