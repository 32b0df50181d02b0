using System.Security.Cryptography;
using System.Text;

namespace Sandbox.Supervisor.Database;

/// <summary>Where the socket of our PostgreSQL lies.</summary>
internal static class EmbeddedPostgresSocket
{
    /// <summary>unix(7): <c>sun_path</c> holds 108 bytes with the closing NUL. PostgreSQL's name in the directory takes 16 more.</summary>
    private const int PathBytesMax = 107;

    private const string Name = "/.s.PGSQL.5432";

    /// <summary>In the cluster's own directory; in a short one of its own, named after it, where that path is too long.</summary>
    public static string DirectoryFor(string clusterDirectory)
    {
        var own = Path.Combine(clusterDirectory, "socket");
        if (Encoding.UTF8.GetByteCount(own + Name) <= PathBytesMax)
            return own;

        var name = "sandbox-pg-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clusterDirectory)))[..16];
        return Path.Combine(Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run" : Path.GetTempPath(), name);
    }
}
