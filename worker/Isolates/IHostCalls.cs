namespace Sandbox.Worker.Isolates;

/// <summary>What the driver says through the one host function. Called on the thread that is in the isolate, within an entry.</summary>
internal interface IHostCalls
{
    /// <summary>A log line; false where no more are wanted.</summary>
    bool Log(ReadOnlySpan<char> attempt, int level, string message, string metadata);

    void Progress(ReadOnlySpan<char> attempt, double done, double? total, string? message);

    /// <summary>The attempt's next timer is due in so many milliseconds; null where none waits.</summary>
    void Timer(ReadOnlySpan<char> attempt, double? milliseconds);

    /// <summary>More of the failure that the attempt has settled with.</summary>
    void Explained(ReadOnlySpan<char> attempt, string text);

    /// <summary>The attempt has settled. <paramref name="kind"/> is the driver's letter, <paramref name="text"/> what belongs to it.</summary>
    void Settled(ReadOnlySpan<char> attempt, char kind, int droppedTimers, string? text);
}
