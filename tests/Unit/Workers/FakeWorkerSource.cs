using System.Threading.Channels;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Tests.Unit.Workers;

/// <summary>Workers without processes: each start is handed to the test, or gets ready at once.</summary>
internal sealed class FakeWorkerSource(TimeProvider time) : IWorkerSource
{
    private readonly Channel<FakeStart> _starts = Channel.CreateUnbounded<FakeStart>();

    /// <summary>False: the test reads each start and decides it.</summary>
    public bool StartsAtOnce { get; set; } = true;

    /// <summary>A start goes on although it was cancelled.</summary>
    public bool IgnoresCancellation { get; set; }

    /// <summary>Starts that were asked for so far.</summary>
    public int Started { get; private set; }

    public Task InitialiseAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<IPoolWorker> StartAsync(int number, CancellationToken cancellationToken)
    {
        Started++;
        var start = new FakeStart(new FakePoolWorker(number, time));
        if (StartsAtOnce) start.Ready();
        else _starts.Writer.TryWrite(start);
        return await start.Done.WaitAsync(IgnoresCancellation ? CancellationToken.None : cancellationToken);
    }

    public ValueTask<FakeStart> NextStartAsync() => _starts.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public bool HasStart => _starts.Reader.TryPeek(out _);
}
