namespace Sandbox.Worker.Isolates;

/// <summary>What the driver says through the one host function. Called on the thread that is in the isolate, within an entry.</summary>
internal interface IHostCalls
{
    /// <summary>A log line; false where no more are wanted.</summary>
    bool Log(ReadOnlySpan<char> invocation, int level, string message, string metadata);

    void Progress(ReadOnlySpan<char> invocation, double done, double? total, string? message);

    /// <summary>The invocation's next timer is due in so many milliseconds; null where none waits.</summary>
    void Timer(ReadOnlySpan<char> invocation, double? milliseconds);

    /// <summary>Sets a label; the driver has checked it.</summary>
    void Label(ReadOnlySpan<char> invocation, string key, string value);

    /// <summary>What the invocation has used: milliseconds since its start and of CPU, bytes of memory and of its log, separated by blanks.</summary>
    string Usage(ReadOnlySpan<char> invocation);

    /// <summary>A call on the broker. Its answer comes as an entry of its own.</summary>
    void Call(ReadOnlySpan<char> invocation, int call, string capability, string arguments);

    /// <summary>More of the failure that the invocation has settled with.</summary>
    void Explained(ReadOnlySpan<char> invocation, string text);

    /// <summary>The invocation has settled. <paramref name="kind"/> is the driver's letter, <paramref name="text"/> what belongs to it.</summary>
    void Settled(ReadOnlySpan<char> invocation, char kind, Dropped dropped, string? text);
}

/// <summary>What an invocation left running when it settled.</summary>
internal readonly record struct Dropped(int Timers, int Calls);
