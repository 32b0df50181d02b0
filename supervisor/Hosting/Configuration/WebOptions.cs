namespace Sandbox.Supervisor.Hosting.Configuration;

/// <summary>Section <c>Sandbox:Web</c>: the admin pages.</summary>
internal sealed class WebOptions
{
    public const string Section = "Sandbox:Web";

    /// <summary>Host names under which the pages may be asked for, beside <c>localhost</c> and plain addresses. Any other <c>Host</c> is refused: it may be a rebound name.</summary>
    public IList<string> Hosts { get; } = [];
}
