using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Workers;

namespace Sandbox.Tests.Integration.Workers;

/// <summary>Accepts every line and report, and counts them.</summary>
internal sealed class CountingSink : IInvocationSink
{
    private int _lines;

    public int Lines => Volatile.Read(ref _lines);

    public bool Log(IReadOnlyList<WorkerLogLine> lines)
    {
        Interlocked.Add(ref _lines, lines.Count);
        return true;
    }

    public bool Labels(IReadOnlyList<WorkerLabel> labels) => true;

    public void Call(string capability, string arguments, Action<CallAnswer> answer)
    {
        Interlocked.Increment(ref _lines);
        answer(new CallAnswer(arguments));
    }

    public bool Progress(WorkerProgress progress)
    {
        Interlocked.Increment(ref _lines);
        return true;
    }
}
