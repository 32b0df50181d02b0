namespace Sandbox.Supervisor.Configuration;

/// <summary>Section <c>Sandbox</c>: what concerns the whole product. Features have options of their own.</summary>
internal sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary>Where the journal, the embedded database, run-time files and <c>demo.env</c> live. Relative to the working directory.</summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>What to do where the machine cannot give a measure of isolation.</summary>
    public IsolationPolicy Isolation { get; set; } = IsolationPolicy.BestEffort;
}

/// <summary>See <see cref="SandboxOptions.Isolation"/>.</summary>
internal enum IsolationPolicy
{
    /// <summary>Start, report what is missing, enforce the rest.</summary>
    BestEffort,

    /// <summary>Refuse to start where anything is missing.</summary>
    Required,
}
