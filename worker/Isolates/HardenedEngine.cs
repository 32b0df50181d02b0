using System.Diagnostics;
using System.Globalization;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;
using Microsoft.ClearScript.V8.FastProxy;
using Sandbox.Protocol.Rpc;
using Sandbox.Worker.Language;

namespace Sandbox.Worker.Isolates;

/// <summary>
/// One V8 isolate, hardened, with the driver in it, before and after it is given a source. Only one thread at a time may be in
/// it; <see cref="Interrupt"/> alone may come from another.
/// </summary>
internal sealed class HardenedEngine : IDisposable
{
    // V8 takes its stack from the entry thread's, which has 4 MB: what a host call needs must remain.
    private const int StackBytes = 1024 * 1024;
    private static readonly TimeSpan HeapSampleInterval = TimeSpan.FromMilliseconds(20);

    private readonly V8ScriptEngine _engine;
    private readonly ScriptObject _bind;
    private readonly ScriptObject _equip;
    private readonly ScriptObject _provide;
    private readonly ScriptObject _start;
    private readonly ScriptObject _wake;
    private readonly ScriptObject _answer;
    private readonly ScriptObject _drop;
    private IHostCalls? _host;

    public HardenedEngine(long arrayBufferBytesMax)
    {
        ArrayBufferBytesMax = arrayBufferBytesMax;
        var constraints = new V8RuntimeConstraints
        {
            MaxArrayBufferAllocation = (ulong)arrayBufferBytesMax,
            // V8's own limit aborts the process; with room above ours, ours is met first. The cgroup is behind both.
            MaxOldSpaceSize = 1024,
            HeapExpansionMultiplier = 2,
        };
        _engine = new V8ScriptEngine("isolate", constraints, V8ScriptEngineFlags.DisableGlobalMembers | V8ScriptEngineFlags.HideHostExceptions)
        {
            DefaultAccess = ScriptAccess.None,
            AllowReflection = false,
            ExposeHostObjectStaticMembers = false,
            DisableExtensionMethods = true,
            MaxRuntimeStackUsage = StackBytes,
            RuntimeHeapSizeSampleInterval = HeapSampleInterval,
            RuntimeHeapSizeViolationPolicy = V8RuntimeViolationPolicy.Interrupt,
        };
        _engine.DocumentSettings.AccessFlags = DocumentAccessFlags.None;

        var hooks = (ScriptObject)RuntimeScripts.Prelude.Run(_engine);
        RuntimeScripts.DeclareGlobals(_engine, (string)hooks.GetProperty("globals"));
        ((ScriptObject)RuntimeScripts.Harden.Run(_engine)).InvokeAsFunction(hooks);
        var host = new V8FastHostFunction(OnHostCall);
        var driver = (ScriptObject)((ScriptObject)RuntimeScripts.Driver.Run(_engine)).InvokeAsFunction(hooks, host);
        _bind = (ScriptObject)driver.InvokeAsFunction("bind");
        _equip = (ScriptObject)driver.InvokeAsFunction("equip");
        _provide = (ScriptObject)driver.InvokeAsFunction("provide");
        _start = (ScriptObject)driver.InvokeAsFunction("start");
        _wake = (ScriptObject)driver.InvokeAsFunction("wake");
        _answer = (ScriptObject)driver.InvokeAsFunction("answer");
        _drop = (ScriptObject)driver.InvokeAsFunction("drop");
        WarmUp();
        // 2.4 MB after the hardening, 1.0 after this.
        _engine.CollectGarbage(exhaustive: true);
    }

    public long ArrayBufferBytesMax { get; }

    /// <summary>Heap and array buffers in use now, bytes.</summary>
    public long UsedBytes
    {
        get
        {
            var heap = _engine.GetRuntimeHeapInfo();
            return (long)(heap.UsedHeapSize + heap.TotalExternalSize);
        }
    }

    public void Admit(IHostCalls host, long heapBytesMax)
    {
        _host = host;
        _engine.MaxRuntimeHeapSize = (nuint)heapBytesMax;
    }

    /// <summary>Proves and compiles a source, once, and reads its input schema. Its errors, none where it may run.</summary>
    public ProvenSource Load(string source, string? inputSchema)
    {
        var proven = new SourceProof(_engine).Prove(source);
        if (proven.Wrapped is null) return proven;
        var function = new SourceProof(_engine).Compile(proven, out var late);
        if (function is null) return late!;
        foreach (var group in WebGroup.For(source)) _equip.InvokeAsFunction(group.Bundle.Run(_engine));
        object schemas = inputSchema is null ? Undefined.Value : RuntimeScripts.InputSchema.Run(_engine);
        _bind.InvokeAsFunction(function, proven.IsModule, new SourceText(source).Lines, SourceProof.Mentions(source, proven.IsModule), schemas, inputSchema ?? "");
        return proven;
    }

    public void Start(string invocation, string constants, string context, string input, bool isHttp, bool checkInput, int outputMax, int lineMax, long bufferMax) =>
        _start.InvokeAsFunction(invocation, constants, context, input, isHttp, checkInput, outputMax, lineMax, (double)bufferMax);

    public void Wake(string invocation) => _wake.InvokeAsFunction(invocation);

    public void Answer(string invocation, int call, CallAnswer answer)
    {
        if (answer.Code is { } code) _answer.InvokeAsFunction(invocation, call, code, answer.Message ?? "", answer.RetryAfterSeconds ?? 0);
        else _answer.InvokeAsFunction(invocation, call, "", answer.Value ?? "", answer.Rows);
    }

    public void Drop(string invocation) => _drop.InvokeAsFunction(invocation);

    public void Interrupt() => _engine.Interrupt();

    public void CancelInterrupt() => _engine.CancelInterrupt();

    public void Dispose() => _engine.Dispose();

    /// <summary>A first execution of nothing: V8 compiles the driver's functions when they are first called, which is not to be a script's time.</summary>
    private void WarmUp()
    {
        var proof = new SourceProof(_engine);
        var function = proof.Compile(proof.Prove("await null; return { input: context.input };"), out _, "warm-up");
        _bind.InvokeAsFunction(function!, false, 1, "context", Undefined.Value, "");
        Start("0", "{}", "{}", "null", isHttp: false, checkInput: false, outputMax: 1024, lineMax: 1024, bufferMax: 1024);
    }

    private void OnHostCall(bool asConstructor, in V8FastArgs args, in V8FastResult result)
    {
        var answer = "";
        try
        {
            if (!asConstructor) answer = AnswerTo(args);
        }
        catch (Exception exception)
        {
            // No exception of ours is ever thrown into a script.
            Console.Error.WriteLine($"host call: {exception}");
        }

        result.Set(answer);
    }

    private string AnswerTo(in V8FastArgs args)
    {
        if (args.TryGet(0, out ReadOnlySpan<char> operation) && operation is "n") return Clock();
        if (operation is "x") return Provide(args.GetString(1, "tables"));
        if (operation is "g") return RandomText.Of(int.Parse(args.GetString(1, "bytes"), CultureInfo.InvariantCulture));
        if (operation is not "q") return Hear(args) ? "" : "!";
        return args.TryGet(1, out ReadOnlySpan<char> invocation) ? _host?.Usage(invocation) ?? "" : "";
    }

    /// <summary>Evaluates tables that a script came to need, within its own entry: their memory and time are the script's.</summary>
    private string Provide(string name)
    {
        _provide.InvokeAsFunction(name, WebGroup.Tables[name].Run(_engine));
        return "";
    }

    private bool Hear(in V8FastArgs args)
    {
        var host = _host;
        if (host is null || !args.TryGet(0, out ReadOnlySpan<char> operation) || operation.Length != 1) return true;
        if (!args.TryGet(1, out ReadOnlySpan<char> invocation)) return true;
        switch (operation[0])
        {
            case 'l':
                return host.Log(invocation, args.GetString(2, "level")[0] - '0', args.GetString(3, "message"), args.GetString(4, "metadata"));
            case 'p':
                var total = args.GetString(3, "total");
                var message = args.GetString(5, "given").Length == 0 ? null : args.GetString(4, "message");
                host.Progress(invocation, Number(args.GetString(2, "done")), total.Length == 0 ? null : Number(total), message);
                break;
            case 't':
                var delay = args.GetString(2, "delay");
                host.Timer(invocation, delay.Length == 0 ? null : Number(delay));
                break;
            case 'b':
                host.Label(invocation, args.GetString(2, "key"), args.GetString(3, "value"));
                break;
            case 'c':
                host.Call(invocation, int.Parse(args.GetString(2, "call"), CultureInfo.InvariantCulture), args.GetString(3, "capability"), args.GetString(4, "arguments"));
                break;
            case 'e':
                host.Explained(invocation, args.GetString(2, "text"));
                break;
            default:
                host.Settled(invocation, operation[0], DroppedOf(args.GetString(2, "dropped")), args.Count > 3 ? args.GetString(3, "text") : null);
                break;
        }

        return true;
    }

    private static Dropped DroppedOf(string text)
    {
        if (text.Length == 0) return default;
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        return new Dropped(int.Parse(text.AsSpan(0, blank), CultureInfo.InvariantCulture), int.Parse(text.AsSpan(blank + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>Milliseconds of the machine's monotonic clock, to a tenth: a finer clock would serve attacks on the processor's caches.</summary>
    private static string Clock() => Math.Round(Stopwatch.GetElapsedTime(0).TotalMilliseconds, 1).ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
