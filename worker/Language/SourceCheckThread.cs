using Microsoft.ClearScript;
using Microsoft.ClearScript.V8;
using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Isolates;

namespace Sandbox.Worker.Language;

/// <summary>
/// Has V8 parse sources that are to be saved, on a thread and in an isolate of its own: nothing of a tenant's ever runs in there, so nothing
/// need be hardened. A source that takes too long is the supervisor's to end: it kills the worker.
/// </summary>
internal sealed class SourceCheckThread
{
    private const int WaitingMax = 64;
    private const int ChecksPerEngine = 200;
    private readonly object _gate = new();
    private readonly Queue<(string Source, string? InputSchema, TaskCompletionSource<SourceCheck> Answer)> _waiting = new();
    private bool _started;

    public Task<SourceCheck> Check(string source, string? inputSchema)
    {
        var answer = new TaskCompletionSource<SourceCheck>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_waiting.Count >= WaitingMax) return Task.FromResult(new SourceCheck([new SourceError($"More than {WaitingMax} sources wait to be checked; try again", null, null)], false, null));
            _waiting.Enqueue((source, inputSchema, answer));
            if (!_started) new Thread(Run, 4 * 1024 * 1024) { IsBackground = true, Name = "checks" }.Start();
            _started = true;
            Monitor.Pulse(_gate);
        }

        return answer.Task;
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0) Monitor.Wait(_gate);
            }

            // A fresh engine now and then: what V8 keeps of the sources it compiled goes with the old one.
            using var engine = new V8ScriptEngine("checks", new V8RuntimeConstraints { MaxOldSpaceSize = 256, HeapExpansionMultiplier = 2 }, V8ScriptEngineFlags.DisableGlobalMembers) { MaxRuntimeStackUsage = 1024 * 1024 };
            for (var count = 0; count < ChecksPerEngine; count++) CheckNext(engine);
        }
    }

    private void CheckNext(V8ScriptEngine engine)
    {
        string source;
        string? inputSchema;
        TaskCompletionSource<SourceCheck> answer;
        lock (_gate)
        {
            while (_waiting.Count == 0) Monitor.Wait(_gate);
            (source, inputSchema, answer) = _waiting.Dequeue();
        }

        try
        {
            var proven = new SourceProof(engine).Prove(source);
            answer.SetResult(new SourceCheck(proven.Errors, proven.IsModule, inputSchema is null ? null : SchemaError(engine, inputSchema)));
        }
        catch (Exception exception)
        {
            // Whatever a source does to the parser, it is refused and the next one is checked.
            Console.Error.WriteLine($"check: {exception}");
            answer.SetResult(new SourceCheck([new SourceError("The source could not be parsed", null, null)], false, null));
        }
    }

    /// <summary>The library that reads schemas is the only code that ever runs in here; it is given text.</summary>
    private static string? SchemaError(V8ScriptEngine engine, string inputSchema)
    {
        try
        {
            var check = (ScriptObject)((ScriptObject)RuntimeScripts.InputSchema.Run(engine)).GetProperty("check");
            return check.InvokeAsFunction(inputSchema) is string { Length: > 0 } complaint ? complaint : null;
        }
        catch (ScriptEngineException exception)
        {
            return exception.Message;
        }
    }
}
