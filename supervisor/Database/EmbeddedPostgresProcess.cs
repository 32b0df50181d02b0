using System.Runtime.InteropServices;
using CliWrap;

namespace Sandbox.Supervisor.Database;

/// <summary>Owns the operating system's process of our PostgreSQL: nothing else starts, signals or awaits it.</summary>
internal sealed partial class EmbeddedPostgresProcess : IAsyncDisposable
{
    private const string ReadyLine = "database system is ready to accept connections";
    private const int LinesKept = 30;

    private static readonly (string Name, int Number, TimeSpan Patience)[] StopSignals =
    [
        // postgres(1): smart waits for clients, fast ends them, immediate aborts and leaves the log to be replayed.
        ("SIGTERM (smart)", 15, TimeSpan.FromSeconds(2)),
        ("SIGINT (fast)", 2, TimeSpan.FromSeconds(20)),
        ("SIGQUIT (immediate)", 3, TimeSpan.FromSeconds(5)),
        ("SIGKILL", 9, TimeSpan.FromSeconds(5)),
    ];

    private readonly ILogger _logger;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<CommandTask<CommandResult>> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _ended = new();
    private Task<int> _exit = Task.FromResult(0);
    private int _stopping;

    private EmbeddedPostgresProcess(ILogger logger) => _logger = logger;

    public int ProcessId { get; private set; }

    /// <summary>Starts it and returns once it takes connections.</summary>
    /// <exception cref="DatabaseException">It ended instead; the message carries its last words.</exception>
    public static async Task<EmbeddedPostgresProcess> StartAsync(
        string binaries, string clusterDirectory, EmbeddedPostgresUser user, ILogger logger, CancellationToken cancellationToken)
    {
        var process = new EmbeddedPostgresProcess(logger);
        var data = Path.Combine(clusterDirectory, "data");
        var command = Cli.Wrap("env")
            .WithArguments([.. user.Wrap(clusterDirectory, endsWithUs: true), Path.Combine(binaries, "postgres"), "-D", data])
            .WithWorkingDirectory("/")
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(process.Hear))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(process.Hear));

        // prctl(2), PR_SET_PDEATHSIG: the "parent" is the thread that made the child. This one lives as long as the child does.
        new Thread(() => process.Parent(command)) { IsBackground = true, Name = "postgres parent" }.Start();

        // Not given up: a process that is not waited for would stay behind.
        var task = await process._started.Task;
        process.ProcessId = task.ProcessId;
        process._exit = process.WatchAsync(task);
        try
        {
            if (await Task.WhenAny(process._ready.Task, process._exit).WaitAsync(cancellationToken) == process._exit)
                throw new DatabaseException($"PostgreSQL did not start in {data}: {process.LastWords()}");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    /// <summary>Completes when the process has ended.</summary>
    public Task Exit => _exit;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
        {
            await _exit;
            return;
        }

        foreach (var (name, number, patience) in StopSignals)
        {
            if (_exit.IsCompleted)
                break;
            _ = Kill(ProcessId, number);
            try
            {
                await _exit.WaitAsync(patience);
            }
            catch (TimeoutException)
            {
                _logger.PostgresSlowToStop(patience.TotalSeconds, name);
            }
        }

        await _exit.WaitAsync(TimeSpan.FromSeconds(10));
        _logger.PostgresStopped();
    }

    private void Parent(Command command)
    {
        try
        {
            _started.SetResult(command.ExecuteAsync());
            _ended.Wait();
        }
        catch (Exception e)
        {
            _started.TrySetException(e);
        }
    }

    private async Task<int> WatchAsync(CommandTask<CommandResult> task)
    {
        int exitCode;
        try
        {
            exitCode = (await task).ExitCode;
        }
        finally
        {
            _ended.Set();
        }

        if (Volatile.Read(ref _stopping) == 0 && _ready.Task.IsCompleted)
            _logger.PostgresDied(exitCode);
        return exitCode;
    }

    private void Hear(string line)
    {
        if (line.Contains(ReadyLine, StringComparison.Ordinal))
            _ready.TrySetResult();
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > LinesKept)
                _lastLines.Dequeue();
        }

        if (line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("PANIC:", StringComparison.Ordinal) || line.Contains("WARNING:", StringComparison.Ordinal))
            _logger.PostgresWarns(line);
        else
            _logger.PostgresSays(line);
    }

    private string LastWords()
    {
        lock (_lastLines)
            return _lastLines.Count == 0 ? "it said nothing." : string.Join(" / ", _lastLines.TakeLast(6));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int Kill(int processId, int signal);
}
