using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Scripts;

/// <summary>When a write of a script needs <c>scripts.publish</c> as well.</summary>
internal static class ScriptAccess
{
    /// <summary>A source goes live only with <c>scripts.publish</c>.</summary>
    public static Problem? PublishRefusal(Principal principal) =>
        principal.Refusal(Permissions.ScriptsPublish) is { } refused ? refused with { Detail = $"This makes a version live. {refused.Detail}" } : null;

    /// <summary>Whether a script asks for any right.</summary>
    public static bool DeclaresUses(Script script)
    {
        if (script.Uses is not { } uses) return false;
        using var declared = System.Text.Json.JsonDocument.Parse(uses.Text);
        return declared.RootElement.EnumerateObject().Any();
    }
}
