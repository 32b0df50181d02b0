using System.Globalization;

namespace Sandbox.Supervisor.Database;

/// <summary>Finds the installed <c>initdb</c> and <c>postgres</c>.</summary>
internal static class EmbeddedPostgresBinaries
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The directory of the binaries, resolved; of <paramref name="major"/> where a cluster made by it exists already.</summary>
    /// <exception cref="DatabaseException">There are none, or none of that version.</exception>
    public static string Find(string configured, string? major, string root = DebianRoot, string? searchPath = null)
    {
        if (configured.Length > 0)
        {
            return IsBin(configured)
                ? configured
                : throw new DatabaseException($"Sandbox:Database:BinDirectory is {configured}, where there is no initdb and postgres.");
        }

        var installed = Directory.Exists(root)
            ? Directory.EnumerateDirectories(root)
                .Select(directory => (Major: Path.GetFileName(directory), Bin: Path.Combine(directory, "bin")))
                .Where(candidate => int.TryParse(candidate.Major, NumberStyles.None, CultureInfo.InvariantCulture, out _) && IsBin(candidate.Bin))
                .OrderByDescending(candidate => int.Parse(candidate.Major, CultureInfo.InvariantCulture))
                .ToList()
            : [];

        if (installed.FirstOrDefault(candidate => major is null || candidate.Major == major).Bin is { } found)
            return found;

        var onPath = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').FirstOrDefault(IsBin);
        if (onPath is not null && (major is null || installed.Count == 0))
            return onPath;

        throw new DatabaseException(major is null || installed.Count == 0
            ? "No PostgreSQL: install one (apt-get install postgresql), or set Sandbox:Database:ConnectionString to one that runs."
            : $"The data directory was made by PostgreSQL {major}, which is not installed: install it (apt-get install postgresql-{major}), or move the data with pg_upgrade.");
    }

    private static bool IsBin(string directory) =>
        directory.Length > 0 && File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));
}
