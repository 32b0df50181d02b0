using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.History;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class StartupTests(PostgresServer server)
{
    private const int Patience = 180_000;
    private const string DirectoryVariable = "SANDBOX_TEST_DATA_DIRECTORY";

    [Fact(Timeout = Patience)]
    public async Task Two_supervisors_that_start_at_once_migrate_once()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var database = await server.NewDatabaseAsync(migrated: false);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            DatabaseBootstrap.PrepareAsync(database.ConnectionString, database.Superuser, NullLogger.Instance, TimeProvider.System, cancel)));

        await using var admin = await database.AsSuperuserAsync();
        var applied = await admin.ColumnAsync<string>("select scriptname from sandbox.migrations order by scriptname");
        applied.ShouldBe(applied.Distinct());
        applied.Count.ShouldBeGreaterThanOrEqualTo(4);
    }

    [Fact(Timeout = Patience)]
    public async Task A_login_that_may_make_roles_needs_nothing_else_prepared()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var database = await server.NewDatabaseAsync(migrated: false);

        await DatabaseBootstrap.PrepareAsync(database.Superuser, null, NullLogger.Instance, TimeProvider.System, cancel);

        await using var db = new Db();
        db.Open(database.Superuser, 8);
        await using var connection = await db.System.OpenConnectionAsync(cancel);
        (await connection.ScalarAsync<string>("select current_user::text")).ShouldBe(DatabaseRoles.System);
    }

    [Fact(Timeout = Patience)]
    public async Task A_login_that_may_not_is_told_what_is_lacking()
    {
        var cancel = TestContext.Current.CancellationToken;
        // Roles are the server's: with this one they are there, and what is lacking is the schema.
        await using var migrated = await server.NewDatabaseAsync();
        await using var database = await server.NewDatabaseAsync(migrated: false);

        var refused = await Should.ThrowAsync<DatabaseException>(() =>
            DatabaseBootstrap.PrepareAsync(database.ConnectionString, null, NullLogger.Instance, TimeProvider.System, cancel));

        refused.Message.ShouldContain("Sandbox:Database:ConnectionString");
        refused.Message.ShouldContain("grant create on the database");
    }

    [Fact(Timeout = Patience)]
    public async Task A_server_that_is_not_there_is_named_by_its_setting()
    {
        var refused = await Should.ThrowAsync<DatabaseException>(() =>
            DatabaseBootstrap.PrepareAsync("Host=/nonexistent;Username=x;Database=x", null, NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken));
        refused.Message.ShouldContain("Sandbox:Database:ConnectionString");
    }

    [Fact(Timeout = Patience)]
    public async Task The_composition_starts_on_an_empty_directory_keeps_out_a_second_and_leaves_nothing_running()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var directory = new TempDirectory();
        await using (var first = Compose(directory.Path))
        {
            await first.GetRequiredService<DatabaseStartup>().StartAsync(cancel);
            first.GetRequiredService<HistoryWriter>().Backlog.ShouldBe(0);
            await using var second = Compose(directory.Path);
            (await Should.ThrowAsync<DatabaseException>(() => second.GetRequiredService<DatabaseStartup>().StartAsync(cancel))).Message.ShouldContain("Sandbox:DataDirectory");
        }

        EmbeddedPostgresOrphan.ProcessesIn(Path.Combine(directory.Path, "postgres", "data")).ShouldBeEmpty();
    }

    [Fact(Timeout = Patience)]
    public async Task A_kill_9_of_the_supervisor_leaves_no_postgres_and_the_next_start_has_what_was_committed()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var directory = new TempDirectory();
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { [DirectoryVariable] = directory.Path },
        };
        // "make test" runs the tests through dotnet, an editor by their own executable.
        if (Path.GetFileName(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(StartupTests).Assembly.Location);
        foreach (var argument in (string[])["-method", $"*{nameof(Stand_in_for_a_supervisor_that_is_killed)}", "-explicit", "only"])
            start.ArgumentList.Add(argument);
        using var supervisor = Process.Start(start)!;
        var ready = Path.Combine(directory.Path, "ready");
        while (!File.Exists(ready))
        {
            supervisor.HasExited.ShouldBeFalse();
            await Task.Delay(50, cancel);
        }

        var data = Path.Combine(directory.Path, "postgres", "data");
        EmbeddedPostgresOrphan.ProcessesIn(data).ShouldNotBeEmpty();

        supervisor.Kill();
        await supervisor.WaitForExitAsync(cancel);

        while (EmbeddedPostgresOrphan.ProcessesIn(data).Count > 0)
            await Task.Delay(50, cancel);
        await using var postgres = await EmbeddedPostgres.StartAsync(directory.Path, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, cancel);
        await using var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("sandbox"));
        await connection.OpenAsync(cancel);
        (await connection.ScalarAsync<int>("select n from public.kept")).ShouldBe(42);
    }

    /// <summary>Run by the test above in a process of its own; never ends by itself.</summary>
    [Fact(Explicit = true)]
    public async Task Stand_in_for_a_supervisor_that_is_killed()
    {
        var directory = Environment.GetEnvironmentVariable(DirectoryVariable).ShouldNotBeNull();
        await using var postgres = await EmbeddedPostgres.StartAsync(directory, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("sandbox"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await connection.ExecAsync("create table public.kept (n int); insert into public.kept values (42)");
        await File.WriteAllTextAsync(Path.Combine(directory, "ready"), "", TestContext.Current.CancellationToken);
        await postgres.Exit;
    }

    private static ServiceProvider Compose(string directory)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Sandbox:DataDirectory", directory)]).Build();
        return new ServiceCollection().AddLogging().AddSandboxDatabase(configuration).AddHistory().BuildServiceProvider();
    }
}
