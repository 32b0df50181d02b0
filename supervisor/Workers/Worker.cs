using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Workers.Launch;
using StreamJsonRpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// One worker process and the pipe to it. The only place that talks to the process and the only one that catches what the
/// pipe throws: whatever goes wrong on it, the process is killed and every live invocation learns of its <see cref="WorkerExit"/>.
/// </summary>
internal sealed class Worker : IPoolWorker
{
    private static readonly TimeSpan DyingGrace = TimeSpan.FromMilliseconds(250);

    /// <summary>From the kill to the answer at most, whether the kernel has let go of the process by then or not.</summary>
    private static readonly TimeSpan DeathMax = TimeSpan.FromSeconds(1);
    private static long s_invocations;

    private readonly WorkerProcess _process;
    private readonly WorkersOptions _options;
    private readonly WorkersLog _log;
    private readonly SafeFileHandle _input;
    private readonly SafeFileHandle _output;
    private readonly TimeProvider _time;
    private readonly JsonRpc _rpc;
    private readonly IWorker _worker;
    private readonly WorkerHost _host;
    private readonly AnswerSender _answers;
    private readonly ConcurrentDictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Preparations _preparations = new();
    private readonly Lock _breaking = new();
    private bool _broken;
    private IReadOnlyCollection<long> _inside = [];
    private Task<WorkerExit>? _death;
    private long _memoryAdmitted;
    private long _cpuReported;

    /// <summary>Speaks with a process that has just started; it is of use once it has said hello (<see cref="WorkerStart"/>).</summary>
    public Worker(WorkerProcess process, WorkersOptions options, TimeProvider time, WorkersLog log)
    {
        _process = process;
        _options = options;
        _log = log;
        _time = time;
        _answers = new AnswerSender(Misbehaves);
        _host = new WorkerHost(time, Misbehaves, Answer);
        _memoryAdmitted = options.BaseMemoryBytes;
        StartedAt = time.GetTimestamp();
        var gate = new WorkerMessageGate(time);
        (_input, _output) = (PipeEnd.Take(process.Input), PipeEnd.Take(process.Output));
        var reading = new PipeInput(_output, $"worker {process.Number} in", pause: new ReadingPace(time).Take);
        _rpc = new JsonRpc(new CappedMessageHandler(new PipeOutput(_input, $"worker {process.Number} out"), reading.Reader, RpcFormatter.Create(), gate.Refuse))
        {
            SynchronizationContext = InlineSynchronizationContext.Instance,
            CancelLocallyInvokedMethodsWhenConnectionIsClosed = false,
        };
        _rpc.AddLocalRpcTarget<IWorkerHost>(_host, new JsonRpcTargetOptions { DisposeOnDisconnect = false });
        _worker = _rpc.Attach<IWorker>();
        _rpc.Disconnected += (_, e) =>
        {
            // Who disposes it has said why.
            if (e.Reason is not DisconnectedReason.LocallyDisposed) _ = BrokenAsync(e.Reason is DisconnectedReason.RemotePartyTerminated, e.Exception);
        };
        _rpc.StartListening();
        reading.Start();
    }

    /// <inheritdoc />
    public int Number => _process.Number;

    public int ProcessId => _process.ProcessId;

    /// <inheritdoc />
    public long StartedAt { get; }

    /// <inheritdoc />
    public bool Broken => Volatile.Read(ref _broken);

    /// <inheritdoc />
    public Task<WorkerExit> Exited => _process.Exited;

    /// <summary>Whether it was given this version before.</summary>
    public bool Knows(string versionKey) => _versions.ContainsKey(versionKey);

    /// <inheritdoc />
    public Task PrepareAsync(InvocationRequest request, TimeSpan max) => _preparations.RunAsync(request.VersionKey, () => MakeAsync(request, max));

    private async Task MakeAsync(InvocationRequest request, TimeSpan max)
    {
        try
        {
            Admit(request);
            await _worker.PrepareAsync(request, CancellationToken.None).WaitAsync(max, _time);
            _versions.TryAdd(request.VersionKey, 0);
        }
        catch (TimeoutException)
        {
            await KillAsync(KillReason.Protocol, "it did not make a version ready");
        }
        catch (Exception e)
        {
            if (e is not (ConnectionLostException or ObjectDisposedException)) await BrokenAsync(closed: false, e);
        }
    }

    /// <summary>Its hello. Throws for what is none.</summary>
    public async Task<WorkerHello> HelloAsync()
    {
        var hello = await _worker.HelloAsync(new SupervisorHello(RpcProtocol.Version, _options.EntryThreads), CancellationToken.None);
        Require(WorkerAnswers.Refuse(hello));
        return hello;
    }

    /// <summary>Runs a script of ours, which no limit of a tenant counts. Throws where it does not complete.</summary>
    public async Task WarmUpAsync(InvocationRequest request)
    {
        var result = await _worker.ExecuteAsync(request, CancellationToken.None);
        Require(WorkerAnswers.Refuse(result, request));
        if (result.Outcome != InvocationOutcome.Completed) throw new InvalidOperationException($"its first script ended as {result.Outcome}");
    }

    /// <summary>Names a new invocation; never the same twice.</summary>
    public static long NextInvocation() => Interlocked.Increment(ref s_invocations);

    /// <summary>Runs one invocation, its request with source and schema, which cross only once. Never throws for what the worker does.</summary>
    public async Task<InvocationEnd> ExecuteAsync(InvocationRequest request, IInvocationSink sink)
    {
        _host.Open(request, sink);
        try
        {
            Admit(request);
            var result = await _worker.ExecuteAsync(_versions.TryAdd(request.VersionKey, 0) ? request : request with { Source = null, InputSchema = null }, CancellationToken.None);
            Require(WorkerAnswers.Refuse(result, request));
            if (result.Outcome == InvocationOutcome.SourceNeeded)
            {
                result = await _worker.ExecuteAsync(request, CancellationToken.None);
                Require(WorkerAnswers.Refuse(result, request));
            }

            return InvocationEnd.Answered(result with { CpuMicroseconds = CapCpu(result.CpuMicroseconds) });
        }
        catch (Exception e)
        {
            // The pipe broke, the answer was no answer, or the worker answered with an exception: no worker of ours does.
            Break();
            if (e is not (ConnectionLostException or ObjectDisposedException)) _ = BrokenAsync(closed: false, e);
            var exit = await DeathAsync();
            return InvocationEnd.Died(exit, exit.Running.Contains(request.Invocation), _inside.Count == 1 && _inside.Contains(request.Invocation));
        }
        finally
        {
            _host.Close(request.Invocation);
        }
    }

    /// <inheritdoc />
    public async Task<SourceCheck?> CheckAsync(string source, string? inputSchema)
    {
        try
        {
            var check = await _worker.CheckAsync(source, inputSchema, CancellationToken.None);
            Require(WorkerAnswers.Refuse(check));
            return check;
        }
        catch (Exception e)
        {
            if (e is not (ConnectionLostException or ObjectDisposedException)) _ = BrokenAsync(closed: false, e);
            return null;
        }
    }

    /// <inheritdoc />
    public async Task EndAsync(long invocation)
    {
        try
        {
            await _rpc.NotifyAsync("end", invocation);
        }
        catch (Exception e) when (e is ConnectionLostException or ObjectDisposedException or IOException)
        {
            // Already gone, which is what was asked for.
        }
    }

    private void Answer(long invocation, int call, CallAnswer answer)
    {
        if (!Broken) _answers.Send(_rpc, invocation, call, answer);
    }

    /// <summary>Kills the process and all in its cgroup. The first reason stands.</summary>
    public async Task KillAsync(KillReason reason, string? detail = null)
    {
        Break();
        var gone = _process.KillAsync(reason, detail);
        var death = DeathAsync();
        if (await Task.WhenAny(gone, death) == death && !_process.Dead.IsCompleted)
        {
            // It holds its pipe open: what waits for an answer learns here that none comes.
            _rpc.Dispose();
        }

        await gone;
    }

    /// <inheritdoc />
    public long MemoryAdmittedBytes => Math.Min(Interlocked.Read(ref _memoryAdmitted), _options.MemoryBytesMax);

    /// <inheritdoc />
    public CgroupUsage ReadUsage() => _process.ReadUsage();

    public async ValueTask DisposeAsync()
    {
        _ = KillAsync(KillReason.Disposed);
        _rpc.Dispose();
        await _process.DisposeAsync();
        _input.Dispose();
        _output.Dispose();
    }

    /// <summary>
    /// The pipe is over. A worker that closed it is most likely dying by itself: it gets a moment, so that its own exit status
    /// (V8's abort, say) is seen and not that of our kill.
    /// </summary>
    private async Task BrokenAsync(bool closed, Exception? exception)
    {
        Break();
        if (closed)
        {
            await Task.WhenAny(_process.Dead, Task.Delay(DyingGrace, _time));
            if (!_process.Dead.IsCompleted) await KillAsync(KillReason.PipeClosed);
            return;
        }

        // Other exceptions' messages may be the worker's own words.
        var refusal = (exception as MessageRefusedException)?.Message ?? exception?.GetType().Name ?? "no answer";
        _log.Misbehaved(Number, refusal);
        await KillAsync(KillReason.Protocol, refusal);
    }

    /// <summary>
    /// Fixes, once, which invocations were in the worker when it broke: each of them learns of it at its own time, and those that learn first
    /// must not make the last one look alone.
    /// </summary>
    private void Break()
    {
        lock (_breaking)
        {
            if (_broken) return;
            _inside = _host.Opened;
            Volatile.Write(ref _broken, true);
        }
    }

    /// <summary>Its death as its invocations are told of it; awaited only once a kill is ordered or its pipe is over. The supervisor's own clock bounds it.</summary>
    private Task<WorkerExit> DeathAsync()
    {
        lock (_breaking) return _death ??= WaitAsync();

        async Task<WorkerExit> WaitAsync()
        {
            // A pipe that closes by itself is followed by a kill after the grace.
            var dead = _process.Dead;
            return await Task.WhenAny(dead, Task.Delay(DyingGrace + DeathMax, _time, CancellationToken.None)) == dead ? await dead : _process.ReadUnfinished();
        }
    }

    private static void Require(string? refusal)
    {
        if (refusal is not null) throw new MessageRefusedException(refusal);
    }

    /// <summary>Called on the pipe's reading thread: what follows in the pipe is not handled any more.</summary>
    private void Misbehaves(string how)
    {
        if (Broken) return;
        _ = BrokenAsync(closed: false, new MessageRefusedException(how));
        _rpc.Dispose();
    }

    /// <summary>The cgroup's limit grows with the isolates admitted (5-limits: 192 MB and their limits), up to its maximum.</summary>
    private void Admit(InvocationRequest request)
    {
        if (_versions.ContainsKey(request.VersionKey)) return;
        var wanted = Interlocked.Add(ref _memoryAdmitted, (request.HeapBytesMax + request.ArrayBufferBytesMax) * Math.Max(1, request.Isolates));
        _process.SetMemoryMax(Math.Min(wanted, _options.MemoryBytesMax));
    }

    /// <summary>All invocations together cannot have used more CPU than the kernel counted for the process. Read only where it could matter.</summary>
    private long CapCpu(long microseconds)
    {
        if (microseconds < 0) return 0;
        var reported = Interlocked.Add(ref _cpuReported, microseconds);
        if (microseconds < 50_000) return microseconds;
        var excess = reported - _process.ReadUsage().CpuMicroseconds;
        if (excess <= 0) return microseconds;
        Interlocked.Add(ref _cpuReported, -Math.Min(excess, microseconds));
        return Math.Max(0, microseconds - excess);
    }
}
