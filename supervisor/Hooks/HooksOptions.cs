using System.ComponentModel.DataAnnotations;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Hooks;

/// <summary>
/// Section <c>Sandbox:Hooks:{name}</c>: a hook point of the host application. Its name is that of the tenants' scripts that answer it.
/// </summary>
internal sealed class HooksOptions
{
    public const string Root = "Sandbox:Hooks";
    public const string Section = Root + ":*";

    /// <summary>What it is for, to whoever writes its script.</summary>
    public string Description { get; set; } = "";

    /// <summary>JSON Schema, as text, that each input must match; empty: any input.</summary>
    public string InputSchema { get; set; } = "";

    /// <summary>JSON Schema, as text, that each output must match; empty: any output.</summary>
    public string OutputSchema { get; set; } = "";

    /// <summary>Milliseconds from the arrival of a call to its answer, the wait for a slot included.</summary>
    [Range(1, 30_000)]
    public int DeadlineMs { get; set; } = 250;

    /// <summary>What the caller gets where the script fails: the default (<c>open</c>) or the error (<c>closed</c>).</summary>
    public HookFail Fail { get; set; } = HookFail.Open;

    /// <summary>The answer without a script, as JSON text.</summary>
    public string Default { get; set; } = "null";
}
