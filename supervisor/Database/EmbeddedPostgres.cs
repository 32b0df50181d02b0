using CliWrap;
using CliWrap.Buffered;
using Npgsql;

namespace Sandbox.Supervisor.Database;

/// <summary>
/// A PostgreSQL of our own, from the installed binaries: made on first start, reached by a Unix socket that lets only this
/// user in, ended with the supervisor however that ends, recovered at the next start.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly EmbeddedPostgresProcess _process;
    private readonly string _socketDirectory;

    private EmbeddedPostgres(EmbeddedPostgresProcess process, string clusterDirectory, string socketDirectory) =>
        (_process, ClusterDirectory, _socketDirectory) = (process, clusterDirectory, socketDirectory);

    /// <summary>Resolved: as the kernel names it.</summary>
    public string ClusterDirectory { get; }

    public int ProcessId => _process.ProcessId;

    /// <summary>Completes when PostgreSQL has ended.</summary>
    public Task Exit => _process.Exit;

    /// <summary>As the login that owns nothing.</summary>
    public string ConnectionString => Connection(EmbeddedPostgresSettings.Login, EmbeddedPostgresSettings.Database);

    /// <summary>As the superuser, to make login and roles.</summary>
    public string SuperuserConnectionString(string database) => Connection(EmbeddedPostgresSettings.Superuser, database);

    /// <summary>Makes the cluster where there is none, and starts it.</summary>
    /// <param name="dataDirectory">The supervisor's, whose lock the caller holds.</param>
    /// <exception cref="DatabaseException">What is missing, in one sentence.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        string dataDirectory, DatabaseOptions options, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = Path.Combine(RealPath(Directory.CreateDirectory(dataDirectory).FullName), "postgres");
        var data = Path.Combine(cluster, "data");
        var version = Path.Combine(data, "PG_VERSION");
        var binaries = EmbeddedPostgresBinaries.Find(options.BinDirectory, File.Exists(version) ? (await File.ReadAllTextAsync(version, cancellationToken)).Trim() : null);
        var user = EmbeddedPostgresUser.ForThisProcess();
        var socket = EmbeddedPostgresSocket.DirectoryFor(cluster);

        await MakeDirectoryAsync(cluster, user, cancellationToken);
        await MakeDirectoryAsync(socket, user, cancellationToken);
        if (Directory.Exists(data))
            await EmbeddedPostgresOrphan.EndAsync(data, logger, time, cancellationToken);
        else
            await InitialiseAsync(cluster, binaries, user, logger, cancellationToken);

        await ConfigureAsync(cluster, socket, options, user, cancellationToken);
        var process = await EmbeddedPostgresProcess.StartAsync(binaries, cluster, user, logger, cancellationToken);
        logger.PostgresStarted(process.ProcessId, socket);
        var postgres = new EmbeddedPostgres(process, cluster, socket);
        try
        {
            await postgres.MakeLoginAsync(cancellationToken);
            return postgres;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task InitialiseAsync(string cluster, string binaries, EmbeddedPostgresUser user, ILogger logger, CancellationToken cancellationToken)
    {
        logger.CreatingCluster(cluster, binaries);
        // Made beside and renamed: a start that is killed half-way leaves nothing that looks like a cluster.
        var unfinished = Path.Combine(cluster, "data.new");
        if (Directory.Exists(unfinished))
            Directory.Delete(unfinished, recursive: true);
        await RunAsync(user, cluster,
            [Path.Combine(binaries, "initdb"), "-D", unfinished, "-U", EmbeddedPostgresSettings.Superuser, "--auth=peer", "--encoding=UTF8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"],
            cancellationToken);
        Directory.Move(unfinished, Path.Combine(cluster, "data"));
    }

    private static async Task ConfigureAsync(string cluster, string socket, DatabaseOptions options, EmbeddedPostgresUser user, CancellationToken cancellationToken)
    {
        var data = Path.Combine(cluster, "data");
        await File.WriteAllTextAsync(Path.Combine(data, "postgresql.conf"), EmbeddedPostgresSettings.Configuration(socket, options.Connections), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), EmbeddedPostgresSettings.HostBasedAuthentication, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(data, "pg_ident.conf"), EmbeddedPostgresSettings.Identities(Environment.UserName), cancellationToken);
        // A directory that another user's supervisor made before is ours now, where we may say so.
        if (user.Name is not null)
            await RunToolAsync("chown", ["-hR", user.Name + ":", cluster], cancellationToken);
    }

    private async Task MakeLoginAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnectionString("postgres"));
        await connection.OpenAsync(cancellationToken);
        if (!await ExistsAsync(connection, "select 1 from pg_roles where rolname = $1", EmbeddedPostgresSettings.Login, cancellationToken))
            await ExecuteAsync(connection, "create role sandbox login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls", cancellationToken);
        if (!await ExistsAsync(connection, "select 1 from pg_database where datname = $1", EmbeddedPostgresSettings.Database, cancellationToken))
            await ExecuteAsync(connection, "create database sandbox", cancellationToken);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter { Value = name } } };
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string Connection(string login, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _socketDirectory,
        Username = login,
        Database = database,
        Pooling = false,
        Timeout = 15,
    }.ConnectionString;

    private static async Task MakeDirectoryAsync(string directory, EmbeddedPostgresUser user, CancellationToken cancellationToken)
    {
        // A name in a shared directory may have been taken by somebody else, as a link to lead us astray.
        if (new DirectoryInfo(directory).LinkTarget is not null)
            throw new DatabaseException($"{directory} is a symbolic link: remove it, or set Sandbox:DataDirectory to another directory.");
        string[] owner = user.Name is null ? [] : ["-o", user.Name, "-g", user.Name];
        await RunToolAsync("install", ["-d", "-m", "700", .. owner, directory], cancellationToken);
    }

    private static Task RunAsync(EmbeddedPostgresUser user, string cluster, IEnumerable<string> command, CancellationToken cancellationToken) =>
        RunToolAsync("env", [.. user.Wrap(cluster, endsWithUs: false), .. command], cancellationToken);

    private static async Task RunToolAsync(string tool, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(tool).WithArguments(arguments).WithWorkingDirectory("/").WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
            throw new DatabaseException($"Setting up PostgreSQL failed: {tool} exited with {result.ExitCode}: {result.StandardError.Trim().ReplaceLineEndings(" / ")}");
    }

    /// <summary>What the kernel shows as a working directory: absolute, links followed.</summary>
    private static string RealPath(string directory)
    {
        var root = Path.GetPathRoot(directory)!;
        return directory[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(root, (path, name) => Directory.ResolveLinkTarget(Path.Combine(path, name), returnFinalTarget: true)?.FullName ?? Path.Combine(path, name));
    }
}
