using Sandbox.Supervisor.Workers;

namespace Sandbox.Tests.Unit.Workers;

/// <summary>A start of a worker that the test decides.</summary>
internal sealed class FakeStart(FakePoolWorker worker)
{
    private readonly TaskCompletionSource<IPoolWorker> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IPoolWorker> Done => _done.Task;

    public FakePoolWorker Ready()
    {
        _done.SetResult(worker);
        return worker;
    }

    public void Fail() => _done.SetException(new InvalidOperationException("The worker did not get ready."));
}
