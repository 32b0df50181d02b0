namespace Sandbox.Supervisor.Workers.Launch;

/// <summary>Absolute paths of the programs a launch runs, null where the machine lacks one. Absolute, for a launch has no PATH.</summary>
internal sealed record MachineTools(string? Bubblewrap, string? SetPriv, string? Unshare, string? SetSid, string? Mount, string? True)
{
    public const string Shell = "/bin/sh";

    private static readonly string[] Directories = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];

    public static MachineTools Find() => new(
        Find("bwrap"), Find("setpriv"), Find("unshare"), Find("setsid"), Find("mount"), Find("true"));

    private static string? Find(string name) => Directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
