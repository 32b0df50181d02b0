namespace Sandbox.Supervisor.Database;

/// <summary>
/// As whom PostgreSQL runs. It refuses root, so root hands it to the <c>postgres</c> user; everybody else runs it as himself.
/// </summary>
/// <param name="Name">Null: as ourselves.</param>
internal sealed record EmbeddedPostgresUser(string? Name)
{
    /// <summary>The user the binaries' package makes.</summary>
    private const string Unprivileged = "postgres";

    public static EmbeddedPostgresUser ForThisProcess()
    {
        if (!Environment.IsPrivilegedProcess)
            return new EmbeddedPostgresUser((string?)null);
        return File.ReadLines("/etc/passwd").Any(line => line.StartsWith(Unprivileged + ":", StringComparison.Ordinal))
            ? new EmbeddedPostgresUser(Unprivileged)
            : throw new DatabaseException("PostgreSQL refuses to run as root and there is no user 'postgres' to run it as: install it (apt-get install postgresql), or start the supervisor as another user.");
    }

    /// <summary>
    /// The words before a command that make it run as this user: an environment of its own, a session of its own (Ctrl-C in the
    /// terminal is for the supervisor, which stops PostgreSQL last), and, where asked, its end with ours.
    /// </summary>
    public IEnumerable<string> Wrap(string directory, bool endsWithUs)
    {
        yield return "-i";
        yield return "LC_ALL=C.UTF-8";
        yield return "TZ=UTC";
        yield return "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        yield return "setsid";
        yield return "setpriv";
        yield return "--no-new-privs";
        // prctl(2): the signal is cleared by a change of uid, so it is setpriv, which changes it first, that sets it. SIGQUIT is
        // PostgreSQL's immediate shutdown: the next start replays the write-ahead log.
        if (endsWithUs)
            yield return "--pdeathsig=QUIT";
        if (Name is null)
            yield break;

        yield return "--reuid=" + Name;
        yield return "--regid=" + Name;
        yield return "--init-groups";
        // A data directory under /root, say: PostgreSQL must pass directories that its user may not enter. It gets the one
        // capability for that (capabilities(7)) and no other, and only where it is needed.
        var capabilities = CanBeReached(directory) ? "-all" : "-all,+dac_read_search";
        yield return "--inh-caps=" + capabilities;
        yield return "--ambient-caps=" + capabilities;
        yield return "--bounding-set=" + capabilities;
    }

    private static bool CanBeReached(string directory)
    {
        for (var parent = Path.GetDirectoryName(directory); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (!File.GetUnixFileMode(parent).HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return true;
    }
}
