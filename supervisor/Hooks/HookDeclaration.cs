using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Schemas;

namespace Sandbox.Supervisor.Hooks;

/// <summary>A hook point as the operator declared it.</summary>
/// <param name="Hook">Without a script.</param>
/// <param name="Input">Null: any input.</param>
/// <param name="Output">Null: any output.</param>
internal sealed record HookDeclaration(Hook Hook, JsonSchemaCheck? Input, JsonSchemaCheck? Output)
{
    public TimeSpan Deadline => TimeSpan.FromMilliseconds(Hook.DeadlineMs);
}
