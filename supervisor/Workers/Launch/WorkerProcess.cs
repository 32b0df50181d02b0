using System.IO.Pipes;
using CliWrap;
using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>A worker's process: the one owner of its pipes, its control group, its board and its death. Nothing else signals or waits for it.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan KillMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KillAgainMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PipeDrainMax = TimeSpan.FromMilliseconds(500);

    private readonly WorkerSurroundings _surroundings;
    private readonly IProcessKiller _killer;
    private readonly StandardErrorTail _standardError = new();
    private readonly TaskCompletionSource<Stream> _input = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Stream> _output = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private KillReason? _killReason;
    private string? _killDetail;
    private Task? _kill;
    private int _processDescriptor = -1;
    private IReadOnlyList<long> _board = [];
    private bool _gone;

    private WorkerProcess(WorkerSurroundings surroundings, IProcessKiller killer) => (_surroundings, _killer) = (surroundings, killer);

    public int Number => _surroundings.Number;

    /// <summary>The process that was started; in namespaces the worker itself is a descendant of it, and both end together.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Its standard input. The owner of this object disposes it.</summary>
    public Stream Input { get; private set; } = Stream.Null;

    /// <summary>Its standard output. What it wrote before its death can be read to the end.</summary>
    public Stream Output { get; private set; } = Stream.Null;

    /// <summary>Completes, and never fails, when the process is dead and its figures are read. Its control group may still be there.</summary>
    public Task<WorkerExit> Dead { get; private set; } = Task.FromException<WorkerExit>(new InvalidOperationException("Not started."));

    /// <summary>Completes, and never fails, when the process is dead and its control group removed.</summary>
    public Task<WorkerExit> Exited { get; private set; } = Task.FromException<WorkerExit>(new InvalidOperationException("Not started."));

    /// <summary>Starts on the calling thread, which must be <see cref="StartThread"/>'s.</summary>
    public static WorkerProcess Start(Command command, WorkerSurroundings surroundings, IProcessKiller killer)
    {
        var process = new WorkerProcess(surroundings, killer);
        var running = command
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Create(process.HoldInputAsync))
            .WithStandardOutputPipe(PipeTarget.Create((stream, _) =>
            {
                process._output.SetResult(PipeEnd.Take(stream, PipeDirection.In));
                return Task.CompletedTask;
            }))
            .WithStandardErrorPipe(PipeTarget.Create(process.ReadStandardErrorAsync))
            .ExecuteAsync(CancellationToken.None);
        process.ProcessId = running.ProcessId;
        process._processDescriptor = Libc.OpenProcess(running.ProcessId);
        surroundings.Logger.Started(process.Number, running.ProcessId);
        process.Dead = process.FollowAsync(running.Task);
        process.Exited = process.RemoveAsync();
        return process;
    }

    /// <summary>Waits for the pipes, which CliWrap hands over once the process is started.</summary>
    public async Task ConnectAsync()
    {
        Input = await _input.Task;
        Output = await _output.Task;
    }

    /// <summary>
    /// Kills the whole control group. The first reason wins and is fixed before the kill, so that what the death causes (a broken pipe) cannot
    /// be mistaken for its cause. Returns when the worker is gone, however long that takes; tried again until then.
    /// </summary>
    public Task KillAsync(KillReason reason, string? detail = null)
    {
        lock (_gate)
        {
            if (!_gone && _killReason is null) (_killReason, _killDetail) = (reason, detail);
            return _kill ??= Task.Run(KillUntilGoneAsync, CancellationToken.None);
        }
    }

    public CgroupUsage ReadUsage() => _surroundings.ReadUsage(ProcessId);

    /// <summary>Raised as isolates are admitted.</summary>
    public void SetMemoryMax(long bytes)
    {
        lock (_gate)
        {
            if (!_gone) _surroundings.SetMemoryMax(bytes);
        }
    }

    /// <summary>Invocations on a thread right now, or at the end, by the worker's own word.</summary>
    public IReadOnlyList<long> ReadBoard()
    {
        lock (_gate) return _gone ? _board : _surroundings.ReadBoard();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted) _ = KillAsync(KillReason.Disposed);

        // One that cannot be killed must not hold up who lets go of it.
        await Task.WhenAny(Exited, Task.Delay(KillMax, _surroundings.Time, CancellationToken.None));
        await Input.DisposeAsync();
        await Output.DisposeAsync();
    }

    /// <summary>How it stands where nobody can wait for its death any longer: by the reason of its kill and what the kernel counts now.</summary>
    public WorkerExit ReadUnfinished()
    {
        lock (_gate)
        {
            var usage = _gone ? default : _surroundings.ReadUsage(ProcessId);
            return new WorkerExit(
                null, null, _killReason, usage.OomKills, usage.MemoryPeakBytes, usage.CpuMicroseconds, _gone ? _board : _surroundings.ReadBoard(), _standardError.ToString());
        }
    }

    private async Task KillUntilGoneAsync()
    {
        var time = _surroundings.Time;
        var started = time.GetTimestamp();
        var (pause, sayAfter) = (KillAgain, KillMax);
        LaunchException? refused = null;
        while (!Exited.IsCompleted)
        {
            if (time.GetElapsedTime(started) is var elapsed && elapsed > sayAfter)
            {
                sayAfter = elapsed + SayAgain;
                _surroundings.Logger.KillFailed(
                    Number, new WorkerKillException($"Worker {Number} (process {ProcessId}) is still there {elapsed.TotalSeconds:0} s after SIGKILL. {refused?.Message}", refused));
            }

            // Again until it is gone: a launch may not have entered its group yet when the first kill finds the group empty.
            refused = Kill() ?? refused;
            await Task.WhenAny(Exited, Task.Delay(pause, time, CancellationToken.None));
            if (time.GetElapsedTime(started) > KillMax) pause = pause * 2 < KillAgainMax ? pause * 2 : KillAgainMax;
        }
    }

    private LaunchException? Kill()
    {
        // Under the lock: the process number is the worker's for as long.
        lock (_gate) return _gone ? null : _killer.Kill(_surroundings, ProcessId, _processDescriptor);
    }

    private async Task<WorkerExit> FollowAsync(Task<CommandResult> running)
    {
        using var watchdog = _surroundings.Watch(ProcessId, () => KillAsync(KillReason.MemoryWatchdog));
        int? status = null;
        try
        {
            status = (await running).ExitCode;
        }
        catch (Exception failure)
        {
            // A pipe of CliWrap's that broke in an unforeseen way: the process has ended all the same, only its status is lost.
            _surroundings.Logger.CleanUpFailed(Number, failure);
        }

        var usage = _surroundings.ReadUsage(ProcessId);
        lock (_gate)
        {
            // From here on the process number may belong to another.
            _board = _surroundings.ReadBoard();
            _gone = true;
            if (_processDescriptor >= 0) Libc.Close(_processDescriptor);
        }

        // bubblewrap passes a signal on as a shell does, and .NET reports its own child's the same way.
        var exit = new WorkerExit(
            status <= 128 ? status : null,
            status > 128 ? status - 128 : null,
            _killReason,
            usage.OomKills,
            usage.MemoryPeakBytes,
            usage.CpuMicroseconds,
            _board,
            _standardError.ToString());
        _surroundings.Logger.Ended(Number, exit.ExitCode, exit.Signal, exit.KillReason, _killDetail, exit.OomKills);
        if (exit.StandardErrorTail.Length > 0) _surroundings.Logger.StandardError(Number, UntrustedText.ForLog(exit.StandardErrorTail));
        return exit;
    }

    private async Task<WorkerExit> RemoveAsync()
    {
        var exit = await Dead;
        var (time, saidAt) = (_surroundings.Time, (long?)null);
        while (true)
        {
            try
            {
                await _surroundings.RemoveAsync(ProcessId);
                return exit;
            }
            catch (Exception failure)
            {
                // Something of it still lives, and counts as the worker until it is gone.
                if (saidAt is null || time.GetElapsedTime(saidAt.Value) >= SayAgain)
                {
                    saidAt = time.GetTimestamp();
                    _surroundings.Logger.CleanUpFailed(Number, failure);
                }
            }

            await Task.Delay(KillAgainMax, time, CancellationToken.None);
        }
    }

    /// <summary>CliWrap cancels this one when the process has ended: that is how the other pipe learns it.</summary>
    private async Task HoldInputAsync(Stream stream, CancellationToken ended)
    {
        _input.SetResult(PipeEnd.Take(stream, PipeDirection.Out));
        await stream.DisposeAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, ended).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _ended.CancelAfter(PipeDrainMax);
    }

    /// <summary>Ends with the pipe, or shortly after the process: whoever else holds the pipe's other end cannot hold us.</summary>
    private async Task ReadStandardErrorAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _standardError.ReadAllAsync(stream, _ended.Token))
                _ = KillAsync(KillReason.Protocol, $"more than {StandardErrorTail.ReadBytesMax >> 20} MB on its standard error");
        }
        catch (OperationCanceledException)
        {
            // What was read until now is the tail.
        }
    }
}
