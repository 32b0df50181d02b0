namespace Sandbox.Supervisor.Listeners;

/// <summary>The doors of the product. Each has a pipeline of its own; what one serves the others do not.</summary>
internal enum Listener
{
    Admin,
    Endpoints,
    Metrics,
    Socket,
}

/// <summary>On every connection: which door it came through. Set by the connection itself, so no header can lie about it.</summary>
internal sealed record ListenerFeature(Listener Listener);
