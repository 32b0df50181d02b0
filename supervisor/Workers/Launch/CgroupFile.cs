using System.Globalization;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Files of a control group. A failed write names the file and what the kernel said.</summary>
internal static class CgroupFile
{
    public static void Write(string directory, string file, string value)
    {
        var path = Path.Combine(directory, file);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"Cannot write '{value}' to {path}: {failure.Message}", failure);
        }
    }

    public static void Write(string directory, string file, long value) => Write(directory, file, value.ToString(CultureInfo.InvariantCulture));

    public static bool Exists(string directory, string file) => File.Exists(Path.Combine(directory, file));

    /// <summary>The file's number; 0 where there is no such file or group (any more).</summary>
    public static long ReadNumber(string directory, string file) =>
        long.TryParse(ReadText(directory, file).AsSpan().Trim(), CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>The number after a key of a file of <c>key number</c> lines; 0 where there is none.</summary>
    public static long ReadKey(string directory, string file, string key)
    {
        foreach (var line in ReadText(directory, file).Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' '
                && long.TryParse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture, out var value)) return value;
        }

        return 0;
    }

    public static IReadOnlyList<int> ReadProcesses(string directory) =>
        [.. ReadText(directory, "cgroup.procs").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    public static string ReadText(string directory, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, file));
        }
        catch (IOException)
        {
            return string.Empty;
        }
        catch (UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    /// <summary>Kills what is in a group that has no <c>cgroup.kill</c>. A process that forks meanwhile is found by the next call, of which there is one until the group can be removed.</summary>
    public static void KillEach(string directory)
    {
        foreach (var process in ReadProcesses(directory))
        {
            if (process > 0) Libc.Signal(process, Libc.SignalKill);
        }
    }

    public static void CreateDirectory(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"Cannot make the cgroup {path}: {failure.Message}", failure);
        }
    }
}
