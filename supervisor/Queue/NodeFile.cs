using Sandbox.Supervisor.Database;

namespace Sandbox.Supervisor.Queue;

/// <summary>
/// The node that worked in this data directory last. The directory's lock proves that it has ended, so its work need not wait until
/// its lease runs out.
/// </summary>
internal sealed class NodeFile(DataDirectory directory)
{
    private string FilePath => Path.Combine(directory.Path, "node-id");

    public Guid? Read() => File.Exists(FilePath) && Guid.TryParse(File.ReadAllText(FilePath).AsSpan().Trim(), out var id) ? id : null;

    public void Write(Guid id) => File.WriteAllText(FilePath, id.ToString());
}
