using System.Diagnostics;

namespace Sandbox.Tests.Integration.Product;

/// <summary>
/// The data directory that a first start with the defaults leaves. A copy of it makes a start a second one, which takes a third of the
/// processor's time: the database is there, migrated, with the demo in it.
/// </summary>
internal static class PreparedData
{
    /// <summary>What belongs to one run of the product alone.</summary>
    private static readonly string[] s_ofTheRun = ["node-id", "run", "supervisor.lock"];

    private static readonly Lazy<Task<string>> s_directory = new(MakeAsync);

    /// <summary>Whether a product with these settings may begin with it: its database and its demo are the defaults'.</summary>
    public static bool Suits(IEnumerable<string> settings) =>
        !settings.Any(setting => setting.Contains("Sandbox:Database", StringComparison.Ordinal) || setting.Contains("Sandbox:Demo", StringComparison.Ordinal));

    public static async Task CopyToAsync(string directory)
    {
        // Owners and modes count: PostgreSQL refuses a directory that is not its user's.
        using var copy = Process.Start("cp", ["-a", $"{await s_directory.Value}/.", directory]);
        await copy.WaitForExitAsync();
        if (copy.ExitCode != 0) throw new InvalidOperationException($"The prepared data could not be copied to {directory}.");
    }

    private static async Task<string> MakeAsync()
    {
        var product = await RunningProduct.StartFreshAsync();
        await product.InterruptAsync();
        var directory = Directory.CreateTempSubdirectory("sandbox-prepared-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        Directory.Delete(directory);
        Directory.Move(product.DataDirectory, directory);
        Directory.CreateDirectory(product.DataDirectory);
        await product.DisposeAsync();
        foreach (var name in s_ofTheRun)
        {
            var path = Path.Combine(directory, name);
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
            else File.Delete(path);
        }

        return directory;
    }
}
