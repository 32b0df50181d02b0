using System.Globalization;

namespace Sandbox.Tests.Integration.Product;

/// <summary>One process as /proc shows it.</summary>
internal sealed record ProcessFacts(int Id, int ParentId, string Name, string CommandLine)
{
    /// <summary>Every process that descends from <paramref name="root"/> or names <paramref name="marker"/> in its command line; not the root itself, no zombies.</summary>
    public static IReadOnlyList<ProcessFacts> Below(int root, string marker)
    {
        var all = All().ToDictionary(p => p.Id);
        return [.. all.Values.Where(p => p.Id != root && (p.CommandLine.Contains(marker, StringComparison.Ordinal) || Descends(p)))];

        bool Descends(ProcessFacts process)
        {
            for (var depth = 0; depth < 50 && all.TryGetValue(process.ParentId, out var parent); depth++)
            {
                if (parent.Id == root) return true;
                process = parent;
            }

            return process.ParentId == root;
        }
    }

    public static bool IsAlive(int id) => Read(id) is not null;

    /// <summary>The control groups it is in, as folders, of the controllers that are mounted where Debian mounts them.</summary>
    public IReadOnlyList<string> ControlGroups()
    {
        try
        {
            return [.. File.ReadAllLines($"/proc/{Id}/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts[2] != "/")
                .Select(parts => $"/sys/fs/cgroup/{parts[1]}{parts[2]}".Replace("//", "/", StringComparison.Ordinal)).Where(Directory.Exists)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static IEnumerable<ProcessFacts> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) && Read(id) is { } process)
                yield return process;
    }

    private static ProcessFacts? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (after[0] == "Z") return null;
            var name = stat[(stat.IndexOf('(', StringComparison.Ordinal) + 1)..stat.LastIndexOf(')')];
            return new ProcessFacts(id, int.Parse(after[1], CultureInfo.InvariantCulture), name, File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' '));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
