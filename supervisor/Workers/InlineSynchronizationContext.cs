namespace Sandbox.Supervisor.Workers;

/// <summary>
/// Runs what StreamJsonRpc dispatches on the reading loop itself: messages of a worker are handled in their order, and a
/// worker that says more than we take is held up by its own pipe instead of filling our memory.
/// </summary>
internal sealed class InlineSynchronizationContext : SynchronizationContext
{
    public static readonly InlineSynchronizationContext Instance = new();

    public override void Post(SendOrPostCallback d, object? state) => d(state);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
