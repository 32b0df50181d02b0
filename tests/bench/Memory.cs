using System.Globalization;

namespace Sandbox.Bench;

/// <summary>Memory of a process from <c>/proc/PID/smaps_rollup</c>; 0 for one that is gone. proc(5)</summary>
internal static class Memory
{
    /// <summary>Pages that nobody else maps.</summary>
    public static long PrivateBytes(int id) => Sum(id, "Private_Clean:", "Private_Dirty:");

    /// <summary>Shared pages counted in parts: sums over processes without counting twice.</summary>
    public static long ProportionalBytes(int id) => Sum(id, "Pss:");

    private static long Sum(int id, params string[] fields)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/smaps_rollup")
                .Where(line => fields.Any(field => line.StartsWith(field, StringComparison.Ordinal)))
                .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
