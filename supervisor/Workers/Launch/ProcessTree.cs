using System.Globalization;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Processes as <c>/proc</c> shows them (proc_pid_stat(5)), for machines where no control group counts and finds them.</summary>
internal static class ProcessTree
{
    private const int ClockTicksPerSecond = 100;

    /// <summary>One process: its parent, session, CPU time, resident memory, start (in clock ticks since boot) and user.</summary>
    internal readonly record struct Entry(int Id, int Parent, int Session, long CpuMicroseconds, long ResidentBytes, long StartTicks);

    public static bool IsSelfOrDescendant(int process)
    {
        for (var depth = 0; depth < 64 && process > 1; depth++)
        {
            if (process == Environment.ProcessId) return true;
            if (Read(process) is not { } entry) return false;
            process = entry.Parent;
        }

        return false;
    }

    /// <summary>The process, all below it, and all of its session: what a launch started, but for what made itself a session and lost its parent.</summary>
    public static IReadOnlyList<Entry> Below(int process)
    {
        var all = All();
        var found = all.Where(entry => entry.Id == process || entry.Session == process).ToDictionary(entry => entry.Id);
        bool grew;
        do
        {
            grew = false;
            foreach (var entry in all.Where(entry => found.ContainsKey(entry.Parent) && !found.ContainsKey(entry.Id)))
                grew |= found.TryAdd(entry.Id, entry);
        }
        while (grew);
        return [.. found.Values];
    }

    /// <summary>Processes of a user id.</summary>
    public static IEnumerable<int> OfUser(long uid) => All().Select(entry => entry.Id).Where(process => Uid(process) == uid);

    public static Entry? Read(int process)
    {
        // 12 (name (with) any) S 1 12 12 …: the name may hold all but a NUL, so count from the last parenthesis.
        var text = ReadText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
        var end = text.LastIndexOf(')');
        if (end < 0) return null;
        var fields = text[(end + 2)..].Split(' ');
        if (fields.Length < 22) return null;
        return new Entry(
            process,
            (int)Number(fields[1]),
            (int)Number(fields[3]),
            (Number(fields[11]) + Number(fields[12])) * (1_000_000 / ClockTicksPerSecond),
            Number(fields[21]) * Environment.SystemPageSize,
            Number(fields[19]));
    }

    private static List<Entry> All()
    {
        var all = new List<Entry>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process) && Read(process) is { } entry) all.Add(entry);
        }

        return all;
    }

    private static long Uid(int process)
    {
        foreach (var line in ReadText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status").Split('\n'))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal)) return Number(line.Split('\t')[1]);
        }

        return -1;
    }

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
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
}
