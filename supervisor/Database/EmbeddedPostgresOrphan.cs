namespace Sandbox.Supervisor.Database;

/// <summary>
/// Ends a PostgreSQL that an earlier supervisor left in our cluster (its machine's tie failed, or it is still on its way out),
/// and removes the pid file of one that is gone. We hold the data directory's lock: whatever runs there is nobody else's.
/// </summary>
internal static class EmbeddedPostgresOrphan
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    public static async Task EndAsync(string dataDirectory, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var left = ProcessesIn(dataDirectory);
        if (left.Count > 0)
        {
            logger.StoppingOrphan(dataDirectory, string.Join(", ", left));
            await EndAsync(dataDirectory, left, time, cancellationToken);
        }

        // PostgreSQL takes a pid file for alive when any process of its user has that number by now (a container starts counting anew).
        File.Delete(Path.Combine(dataDirectory, "postmaster.pid"));
    }

    private static async Task EndAsync(string dataDirectory, List<int> left, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var signal = 3; left.Count > 0; left = ProcessesIn(dataDirectory))
        {
            var waited = time.GetElapsedTime(started);
            if (waited > Patience)
                throw new DatabaseException($"A PostgreSQL of an earlier supervisor does not end (processes {string.Join(", ", left)} in {dataDirectory}): end it by hand.");
            if (waited > Patience / 2)
                signal = 9;
            foreach (var processId in left)
                _ = EmbeddedPostgresProcess.Kill(processId, signal);
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>PostgreSQL's processes work in their data directory; their pid file may be missing or lie.</summary>
    internal static List<int> ProcessesIn(string dataDirectory)
    {
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var processId))
                continue;
            try
            {
                if (File.ResolveLinkTarget(Path.Combine(directory, "cwd"), returnFinalTarget: false)?.FullName == dataDirectory
                    && File.ReadAllText(Path.Combine(directory, "comm")).StartsWith("postgres", StringComparison.Ordinal))
                {
                    found.Add(processId);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or another user's: not ours.
            }
        }

        return found;
    }
}
