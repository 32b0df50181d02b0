using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>Where what a worker says of one live invocation goes. Called in order on the pipe's reading thread: never blocks. What it is handed is untrusted.</summary>
internal interface IInvocationSink
{
    /// <summary>False where a line is not what a worker of ours would send: it is then killed.</summary>
    bool Log(IReadOnlyList<WorkerLogLine> lines);

    /// <inheritdoc cref="Log" />
    bool Progress(WorkerProgress progress);

    /// <summary>All labels so far. False where they are not what a worker of ours would send.</summary>
    bool Labels(IReadOnlyList<WorkerLabel> labels);

    /// <summary>A call on the broker, within the limits of the pipe. <paramref name="answer"/> may be called from any thread, once.</summary>
    void Call(string capability, string arguments, Action<CallAnswer> answer);
}
