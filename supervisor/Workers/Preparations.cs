namespace Sandbox.Supervisor.Workers;

/// <summary>
/// Versions that one worker makes ready, a few at a time and each once. Further ones wait for their turn here: the time that the worker
/// is given for one is that one's own, so a worker that stands still is told from one that has much to make.
/// </summary>
internal sealed class Preparations
{
    /// <summary>As many as a worker keeps isolates ready.</summary>
    public const int AtOnce = 3;

    private readonly Dictionary<string, Task> _making = new(StringComparer.Ordinal);
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _turns = AtOnce;

    /// <summary>Calls <paramref name="make"/> in the version's turn; who asks for the same meanwhile waits for the same.</summary>
    public Task RunAsync(string versionKey, Func<Task> make)
    {
        lock (_making)
        {
            if (!_making.TryGetValue(versionKey, out var made)) _making.Add(versionKey, made = InTurnAsync(versionKey, TurnAsync(), make));
            return made;
        }
    }

    private async Task InTurnAsync(string versionKey, Task turn, Func<Task> make)
    {
        // Never within the caller's lock.
        await turn.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await make();
        }
        finally
        {
            lock (_making)
            {
                _making.Remove(versionKey);
                if (_waiting.TryDequeue(out var next)) next.SetResult();
                else _turns++;
            }
        }
    }

    private Task TurnAsync()
    {
        if (_turns > 0)
        {
            _turns--;
            return Task.CompletedTask;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(turn);
        return turn.Task;
    }
}
