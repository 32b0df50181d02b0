namespace Sandbox.Tests.Unit.Architecture;

/// <summary>The source tree these tests were built from, and what was built from it.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs =
        new(StringComparer.Ordinal) { ".git", "bin", "obj", "node_modules", "artifacts", "data", "TestResults", ".vs", ".idea" };

    public static string Root { get; } = FindRoot();

    /// <summary>Path of a room's assembly: beside the tests where they reference it, else in its own output of the same configuration.</summary>
    public static string Assembly(string room, string name)
    {
        if (!string.Equals(room, "worker", StringComparison.Ordinal)) return Path.Combine(AppContext.BaseDirectory, name);

        // The worker is never referenced by the tests; the configuration is the folder two above net10.0/.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var path = Path.Combine(Root, room, "bin", configuration, "net10.0", "linux-x64", name);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not there: build the solution first (dotnet build -c {configuration}).");
    }

    /// <summary>Every file of the tree but what is built or restored, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(string folder = ".") =>
        Walk(Path.Combine(Root, folder)).Select(path => Path.GetRelativePath(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var file in Directory.EnumerateFiles(folder)) yield return file;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            if (NotOurs.Contains(Path.GetFileName(child))) continue;
            foreach (var file in Walk(child)) yield return file;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sandbox.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Sandbox.sln above {AppContext.BaseDirectory}.");
    }
}
