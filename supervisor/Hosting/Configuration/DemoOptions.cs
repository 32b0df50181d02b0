namespace Sandbox.Supervisor.Hosting.Configuration;

/// <summary>Section <c>Sandbox:Demo</c>.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Sandbox:Demo";

    /// <summary>On the first start, make the tenant <c>demo</c> with examples and tokens, and write <c>{DataDirectory}/demo.env</c>. Turn it off in production.</summary>
    public bool Enabled { get; set; } = true;
}
