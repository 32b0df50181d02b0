namespace Sandbox.Supervisor.Database;

/// <summary>
/// Keeps a second supervisor out of a data directory: it would stop our PostgreSQL as an orphan and replay our journal.
/// The kernel drops the lock (flock) with the process, however that ends.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    public static DataDirectoryLock Take(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "supervisor.lock");
        try
        {
            return new DataDirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new DatabaseException($"Another supervisor works in {dataDirectory}: stop it, or set Sandbox:DataDirectory to a directory of its own.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
