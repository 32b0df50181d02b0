using System.Globalization;

namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>What this process may do and what its files allow: the questions whose answer needs no trial.</summary>
internal static class MachineProbe
{
    private const int SetGid = 6;
    private const int SetUid = 7;
    private const int SysAdmin = 21;

    public static bool MaySetUid() => Has(SetUid) && Has(SetGid);

    public static bool MayMount() => Has(SysAdmin);

    /// <summary>Why a user id of its own could not run the worker's files; null where it could.</summary>
    public static string? Unreadable(string workerDirectory)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(workerDirectory, "*", SearchOption.AllDirectories).Prepend(workerDirectory))
        {
            var mode = File.GetUnixFileMode(path);
            var wanted = Directory.Exists(path) ? UnixFileMode.OtherRead | UnixFileMode.OtherExecute : UnixFileMode.OtherRead;
            if ((mode & wanted) != wanted) return $"{path} cannot be read by others: chmod -R o+rX {workerDirectory}";
        }

        return null;
    }

    /// <summary>Effective capabilities (proc_pid_status(5)).</summary>
    private static bool Has(int capability)
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> capability & 1) == 1;
    }
}
