namespace Sandbox.Supervisor.Hosting.Configuration;

/// <summary>Section <c>Sandbox:Demo</c>.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Sandbox:Demo";

    /// <summary>On the first start, make the tenant <c>demo</c> with examples and tokens, the tenants <c>acme</c> and <c>globex</c>, business data of all three in the schema <c>demo</c>, and write <c>{DataDirectory}/demo.env</c>. Turn it off in production.</summary>
    public bool Enabled { get; set; } = true;
}
