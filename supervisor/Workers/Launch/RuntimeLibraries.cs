namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>
/// The shared libraries of the machine that .NET's runtime and V8 link to (<c>readelf -d</c> of libcoreclr, libclrjit, libSystem.Native and
/// ClearScriptV8): nothing else of <c>/lib</c> and <c>/usr</c> is in a worker's root.
/// </summary>
internal static class RuntimeLibraries
{
    public const string Loader = "/lib64/ld-linux-x86-64.so.2";

    private static readonly string[] Names =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6",

        // MessagePack takes the key of its hash from .NET's random numbers, and those come from OpenSSL.
        "libssl.so.3", "libcrypto.so.3"];

    // Where ld.so looks without a cache: the first two on Debian, the others elsewhere.
    private static readonly string[] Directories = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];

    /// <summary>Paths as they are to be seen in the worker's root.</summary>
    public static IReadOnlyList<string> Find()
    {
        var found = new List<string> { Loader };
        foreach (var name in Names)
        {
            var path = Directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
            if (path is not null) found.Add(path);
        }

        return found;
    }
}
