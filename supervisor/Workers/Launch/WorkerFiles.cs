namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Where the published worker is.</summary>
internal static class WorkerFiles
{
    public const string ExecutableName = "Sandbox.Worker";

    public static string Find(LaunchOptions options)
    {
        if (options.WorkerDirectory is { } configured)
            return Has(configured) ? Path.GetFullPath(configured) : throw new LaunchException($"Sandbox:Workers:WorkerDirectory is {configured}, where there is no {ExecutableName}.");

        var beside = Path.Combine(AppContext.BaseDirectory, "worker");
        if (Has(beside)) return beside;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var published = Path.Combine(directory.FullName, "artifacts", "worker");
            if (File.Exists(Path.Combine(directory.FullName, "Sandbox.sln")) && Has(published)) return published;
        }

        throw new LaunchException($"No published worker: neither {beside} nor artifacts/worker of a checkout has a {ExecutableName}. Run 'make build', or set Sandbox:Workers:WorkerDirectory.");
    }

    private static bool Has(string directory) => File.Exists(Path.Combine(directory, ExecutableName));
}
