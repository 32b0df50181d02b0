using System.Security.Cryptography;
using System.Text;
using Sandbox.Protocol.Rpc;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// <c>{DataDirectory}/run</c>: what a supervisor leaves in files while it runs. Its lock says that no other supervisor of this data directory lives, so that
/// what is found here belongs to a dead one.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    public const string StackMapName = "maps";
    public const string InnerFilterName = "seccomp.bpf";

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ReadByAll = OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode EnteredByAll = ReadByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
        Instance = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..8];
    }

    public string Path { get; }

    /// <summary>Names what belongs to the supervisor of this data directory, on a machine that may have several.</summary>
    public string Instance { get; }

    /// <summary>What is bound into a worker's root beside the worker itself.</summary>
    public string RootPath => System.IO.Path.Combine(Path, "root");

    public string OuterFilterPath => System.IO.Path.Combine(Path, "outer.bpf");

    public string InnerFilterPath => System.IO.Path.Combine(RootPath, InnerFilterName);

    /// <summary>Cgroups under which earlier supervisors of this data directory had theirs, one a line.</summary>
    public string CgroupsPath => System.IO.Path.Combine(Path, "cgroups");

    public static RunDirectory Open(string dataDirectory)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "run");
        try
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, "root", "worker"));
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var run = new RunDirectory(path, held);
            run.WriteRoot();
            return run;
        }
        catch (IOException failure)
        {
            throw new LaunchException($"{path} is in use or cannot be written ({failure.Message}). Another supervisor may be running on this data directory: stop it, or set Sandbox:DataDirectory.", failure);
        }
    }

    public string BoardPath(int number) => System.IO.Path.Combine(Path, $"board-{number}");

    /// <summary>A board of its full size: a worker cannot make it grow.</summary>
    public void CreateBoard(int number)
    {
        using var board = new FileStream(BoardPath(number), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        File.SetUnixFileMode(board.SafeFileHandle, OwnersOnly);
        board.SetLength(RunningBoard.SizeBytes);
    }

    public IReadOnlyList<long> ReadBoard(int number)
    {
        Span<byte> page = stackalloc byte[RunningBoard.SizeBytes];
        try
        {
            using var board = new FileStream(BoardPath(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return RunningBoard.Read(page[..board.ReadAtLeast(page, page.Length, throwOnEndOfStream: false)]);
        }
        catch (IOException)
        {
            // Somebody removed it: nobody is known to have run.
            return [];
        }
    }

    public void RemoveBoard(int number) => File.Delete(BoardPath(number));

    /// <summary>Boards of workers of an earlier supervisor.</summary>
    public void RemoveBoards()
    {
        foreach (var board in Directory.EnumerateFiles(Path, "board-*")) File.Delete(board);
    }

    public IReadOnlyList<string> ReadCgroupParents() => File.Exists(CgroupsPath) ? File.ReadAllLines(CgroupsPath) : [];

    public void WriteCgroupParents(IReadOnlyList<string> parents) => File.WriteAllLines(CgroupsPath, parents);

    /// <summary>Notes a process by its number and start, which no later process of that number shares.</summary>
    public void RecordProcess(int number, int process)
    {
        if (ProcessTree.Read(process) is { } entry) File.WriteAllText(ProcessPath(number), $"{process} {entry.StartTicks}");
    }

    public void ForgetProcess(int number) => File.Delete(ProcessPath(number));

    /// <summary>Kills what is recorded and still lives, with all below it and its session. How many there were.</summary>
    public int KillRecordedProcesses()
    {
        var killed = 0;
        foreach (var file in Directory.EnumerateFiles(Path, "process-*"))
        {
            var words = File.ReadAllText(file).Split(' ');
            if (words.Length == 2 && int.TryParse(words[0], out var process) && long.TryParse(words[1], out var start))
            {
                foreach (var entry in ProcessTree.Below(process).Where(entry => entry.Id != process || entry.StartTicks == start))
                {
                    if (entry.StartTicks >= start && Libc.Signal(entry.Id, Libc.SignalKill)) killed++;
                }
            }

            File.Delete(file);
        }

        return killed;
    }

    public void Dispose() => _lock.Dispose();

    private string ProcessPath(int number) => System.IO.Path.Combine(Path, $"process-{number}");

    private void WriteRoot()
    {
        var maps = System.IO.Path.Combine(RootPath, StackMapName);
        File.WriteAllText(maps, StackMap.Text());
        File.SetUnixFileMode(maps, ReadByAll);
        foreach (var directory in (string[])[RootPath, System.IO.Path.Combine(RootPath, "worker")]) File.SetUnixFileMode(directory, EnteredByAll);
    }
}
