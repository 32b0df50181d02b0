namespace Sandbox.Worker.Rpc;

/// <summary>
/// Runs what is posted at once, where it is posted. The RPC loop posts every call it takes to its context: so a call is begun on the
/// input thread, in the order of its arrival (an <c>end</c> never overtakes its <c>execute</c>), and waits for no pool thread.
/// </summary>
internal sealed class InlineContext : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => d(state);

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
