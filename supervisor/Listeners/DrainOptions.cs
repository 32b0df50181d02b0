namespace Sandbox.Supervisor.Listeners;

/// <summary>Section <c>Sandbox:Drain</c>: how the product stops.</summary>
internal sealed class DrainOptions
{
    public const string Section = "Sandbox:Drain";

    /// <summary>Seconds that requests in flight have to end after SIGINT or SIGTERM before their connections are cut, 0 to 300.</summary>
    public int Seconds { get; set; } = 20;
}
