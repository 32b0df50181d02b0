using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Workers.Launch;
using StreamJsonRpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>
/// One worker process and the pipe to it. The only place that talks to the process and the only one that catches what the
/// pipe throws: whatever goes wrong on it, the process is killed and every live attempt learns of its <see cref="WorkerExit"/>.
/// </summary>
internal sealed class Worker : IWorkerHost, IPoolWorker
{
    private static readonly TimeSpan DyingGrace = TimeSpan.FromMilliseconds(250);

    /// <summary>From the kill to the answer at most, whether the kernel has let go of the process by then or not.</summary>
    private static readonly TimeSpan DeathMax = TimeSpan.FromSeconds(1);
    private static readonly AttemptRequest s_warmUp = new()
    {
        Attempt = 0,
        VersionKey = RpcProtocol.WarmUpVersion,
        Source = "await null; console.debug('ready'); return { input: context.input };",
        Context = "{}",
        Input = "null",
        Alone = true,
        HeapBytesMax = 64L << 20,
        ArrayBufferBytesMax = 64L << 20,
        CpuMsMax = 10_000,
        OutputBytesMax = 1024,
    };

    private static long s_attempts;

    private readonly WorkerProcess _process;
    private readonly WorkersOptions _options;
    private readonly WorkersLog _log;
    private readonly SafeFileHandle _input;
    private readonly SafeFileHandle _output;
    private readonly TimeProvider _time;
    private readonly LineAllowance _strays;
    private readonly JsonRpc _rpc;
    private readonly IWorker _worker;
    private readonly ConcurrentDictionary<long, LiveAttempt> _live = new();
    private readonly ConcurrentDictionary<string, long> _versions = new(StringComparer.Ordinal);
    private readonly Lock _breaking = new();
    private bool _broken;
    private IReadOnlyCollection<long> _inside = [];
    private Task<WorkerExit>? _death;
    private long _memoryAdmitted;
    private long _cpuReported;

    private Worker(WorkerProcess process, WorkersOptions options, TimeProvider time, WorkersLog log)
    {
        _process = process;
        _options = options;
        _log = log;
        _time = time;
        _strays = LineAllowance.OfStrays(time);
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
        _rpc.AddLocalRpcTarget<IWorkerHost>(this, new JsonRpcTargetOptions { DisposeOnDisconnect = false });
        _worker = _rpc.Attach<IWorker>();
        _rpc.Disconnected += (_, e) =>
        {
            // Who disposes it has said why.
            if (e.Reason is not DisconnectedReason.LocallyDisposed) _ = BrokenAsync(e.Reason is DisconnectedReason.RemotePartyTerminated, e.Exception);
        };
        _rpc.StartListening();
        reading.Start();
    }

    /// <summary>An attempt that was sent and not answered yet.</summary>
    private sealed record LiveAttempt(IAttemptSink Sink, LineAllowance Lines);

    /// <inheritdoc />
    public int Number => _process.Number;

    public int ProcessId => _process.ProcessId;

    /// <inheritdoc />
    public long StartedAt { get; }

    /// <inheritdoc />
    public bool Broken => Volatile.Read(ref _broken);

    /// <inheritdoc />
    public Task<WorkerExit> Exited => _process.Exited;

    /// <summary>Starts a process and waits for its hello. Throws where it does not come in time or is of another version; nothing is left behind then.</summary>
    public static async Task<Worker> StartAsync(WorkerLauncher launcher, int number, WorkersOptions options, TimeProvider time, WorkersLog log, CancellationToken cancellationToken)
    {
        var process = await launcher.StartAsync(new WorkerLaunch(number, options.BaseMemoryBytes), cancellationToken);
        var worker = new Worker(process, options, time, log);
        try
        {
            var hello = await worker._worker.HelloAsync(new SupervisorHello(RpcProtocol.Version, options.EntryThreads), CancellationToken.None)
                .WaitAsync(options.StartTimeout, time, cancellationToken);
            Require(WorkerAnswers.Refuse(hello));
            if (hello.Version != RpcProtocol.Version)
                throw new InvalidOperationException($"The worker speaks version {hello.Version} of the protocol, this supervisor {RpcProtocol.Version}: deploy both from one build.");
            await worker.WarmUpAsync().WaitAsync(options.StartTimeout, time, cancellationToken);
            return worker;
        }
        catch (Exception e)
        {
            // However long that takes: while it lives it counts.
            await worker.KillAsync(KillReason.NoHello);
            var exit = await worker.Exited;
            await worker.DisposeAsync();
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            throw new InvalidOperationException(
                $"Worker {number} did not get ready ({(e is TimeoutException ? $"no hello within {options.StartTimeout} (Sandbox:Workers:StartTimeout)" : e.Message)}); exit code {exit.ExitCode}, signal {exit.Signal}. It said: {UntrustedText.ForLog(exit.StandardErrorTail)}", e);
        }
    }

    /// <summary>A first script of ours, in an isolate that is thrown away: what is compiled and loaded by the first execution is then there for a tenant's.</summary>
    private async Task WarmUpAsync()
    {
        var request = s_warmUp with { Attempt = NextAttempt() };
        var result = await _worker.ExecuteAsync(request, CancellationToken.None);
        Require(WorkerAnswers.Refuse(result, request));
        if (result.Outcome != AttemptOutcome.Completed) throw new InvalidOperationException($"its first script ended as {result.Outcome}");
    }

    /// <summary>Whether it was given this version before.</summary>
    public bool Knows(string versionKey) => _versions.ContainsKey(versionKey);

    /// <summary>Has it make an isolate for a version; returns where the worker breaks meanwhile too, which the execution then meets.</summary>
    public async Task PrepareAsync(AttemptRequest request)
    {
        try
        {
            Admit(request);
            await _worker.PrepareAsync(request, CancellationToken.None);
            _versions.TryAdd(request.VersionKey, 0);
        }
        catch (Exception e)
        {
            if (e is not (ConnectionLostException or ObjectDisposedException)) await BrokenAsync(closed: false, e);
        }
    }

    /// <summary>Names a new attempt; never the same twice.</summary>
    public static long NextAttempt() => Interlocked.Increment(ref s_attempts);

    /// <summary>Runs one attempt, its request with source and schema, which cross only once. Never throws for what the worker does.</summary>
    public async Task<AttemptEnd> ExecuteAsync(AttemptRequest request, IAttemptSink sink)
    {
        _live[request.Attempt] = new LiveAttempt(sink, LineAllowance.OfAttempt(_time, request.LogLinesMax, request.LogBytesMax));
        try
        {
            Admit(request);
            var result = await _worker.ExecuteAsync(_versions.TryAdd(request.VersionKey, 0) ? request : request with { Source = null, InputSchema = null }, CancellationToken.None);
            Require(WorkerAnswers.Refuse(result, request));
            if (result.Outcome == AttemptOutcome.SourceNeeded)
            {
                result = await _worker.ExecuteAsync(request, CancellationToken.None);
                Require(WorkerAnswers.Refuse(result, request));
            }

            return AttemptEnd.Answered(result with { CpuMicroseconds = CapCpu(result.CpuMicroseconds) });
        }
        catch (Exception e)
        {
            // The pipe broke, the answer was no answer, or the worker answered with an exception: no worker of ours does.
            Break();
            if (e is not (ConnectionLostException or ObjectDisposedException)) _ = BrokenAsync(closed: false, e);
            var exit = await DeathAsync();
            return AttemptEnd.Died(exit, exit.Running.Contains(request.Attempt), _inside.Count == 1 && _inside.Contains(request.Attempt));
        }
        finally
        {
            _live.TryRemove(request.Attempt, out _);
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
    public async Task EndAsync(long attempt)
    {
        try
        {
            await _rpc.NotifyAsync("end", attempt);
        }
        catch (Exception e) when (e is ConnectionLostException or ObjectDisposedException or IOException)
        {
            // Already gone, which is what was asked for.
        }
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

    Task IWorkerHost.LogAsync(long attempt, IReadOnlyList<WorkerLogLine> lines)
    {
        // Counted before a line is looked at. A late line of an attempt that just ended is dropped; one that no worker of ours would send ends the worker.
        _live.TryGetValue(attempt, out var live);
        if (lines is null) Misbehaves("a list of lines of null");
        else if (!(live?.Lines ?? _strays).Take(lines.Count, CharactersOf(lines))) Misbehaves("more log lines than a worker sends");
        else if (live?.Sink.Log(lines) is false) Misbehaves("a malformed log line");
        return Task.CompletedTask;
    }

    Task IWorkerHost.ProgressAsync(long attempt, WorkerProgress progress)
    {
        _live.TryGetValue(attempt, out var live);
        if (progress is null || live?.Sink.Progress(progress) is false) Misbehaves("malformed progress");
        return Task.CompletedTask;
    }

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
    /// Fixes, once, which attempts were in the worker when it broke: each of them learns of it at its own time, and those that learn first
    /// must not make the last one look alone.
    /// </summary>
    private void Break()
    {
        lock (_breaking)
        {
            if (_broken) return;
            _inside = [.. _live.Keys];
            Volatile.Write(ref _broken, true);
        }
    }

    /// <summary>Its death as its attempts are told of it; awaited only once a kill is ordered or its pipe is over. The supervisor's own clock bounds it.</summary>
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

    private static long CharactersOf(IReadOnlyList<WorkerLogLine> lines)
    {
        var characters = 0L;
        foreach (var line in lines) characters += (line?.Message?.Length ?? 0) + (line?.Metadata?.Length ?? 0);
        return characters;
    }

    /// <summary>Called on the pipe's reading thread: what follows in the pipe is not handled any more.</summary>
    private void Misbehaves(string how)
    {
        if (Broken) return;
        _ = BrokenAsync(closed: false, new MessageRefusedException(how));
        _rpc.Dispose();
    }

    /// <summary>The cgroup's limit grows with the isolates admitted (5-limits: 192 MB and their limits), up to its maximum.</summary>
    private void Admit(AttemptRequest request)
    {
        if (_versions.ContainsKey(request.VersionKey)) return;
        var wanted = Interlocked.Add(ref _memoryAdmitted, (request.HeapBytesMax + request.ArrayBufferBytesMax) * Math.Max(1, request.Isolates));
        _process.SetMemoryMax(Math.Min(wanted, _options.MemoryBytesMax));
    }

    /// <summary>All attempts together cannot have used more CPU than the kernel counted for the process. Read only where it could matter.</summary>
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
