namespace Sandbox.Tests.Integration.Database;

/// <summary>A directory that goes with its test.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory(string? parent = null) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent ?? System.IO.Path.GetTempPath(), "sandbox-test-" + Guid.NewGuid().ToString("N")[..8])).FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
