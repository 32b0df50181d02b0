using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Sandbox.Supervisor.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Database;

public sealed class EmbeddedPostgresTests(PostgresServer server)
{
    private const int Patience = 120_000;

    [Fact(Timeout = Patience)]
    public async Task A_row_written_as_the_system_is_read_as_its_tenant_and_not_as_another()
    {
        await using var database = await server.NewDatabaseAsync();
        var mine = await database.NewTenantAsync("mine");
        await database.NewTenantAsync("theirs");

        await using var transaction = await database.Db.TenantAsync(mine, TestContext.Current.CancellationToken);

        (await transaction.Connection.ColumnAsync<string>("select slug from sandbox.tenants")).ShouldBe(["mine"]);
    }

    [Fact(Timeout = Patience)]
    public async Task It_keeps_its_data_over_a_stop_and_leaves_no_process()
    {
        using var directory = new TempDirectory();
        await using (var first = await StartAsync(directory.Path, TestContext.Current.CancellationToken))
        {
            await using var connection = await OpenAsync(first);
            await connection.ExecAsync("create table public.kept (n int); insert into public.kept values (42)");
        }

        EmbeddedPostgresOrphan.ProcessesIn(Path.Combine(directory.Path, "postgres", "data")).ShouldBeEmpty();
        await using var second = await StartAsync(directory.Path, TestContext.Current.CancellationToken);
        await using var again = await OpenAsync(second);
        (await again.ScalarAsync<int>("select n from public.kept")).ShouldBe(42);
    }

    [Fact(Timeout = Patience)]
    public async Task What_was_committed_survives_a_kill_9_of_postgres()
    {
        using var directory = new TempDirectory();
        await using (var first = await StartAsync(directory.Path, TestContext.Current.CancellationToken))
        {
            await using (var connection = await OpenAsync(first))
                await connection.ExecAsync("create table public.kept (n int); insert into public.kept values (42)");
            EmbeddedPostgresProcess.Kill(first.ProcessId, 9).ShouldBe(0);
            await first.Exit;
            File.Exists(Path.Combine(directory.Path, "postgres", "data", "postmaster.pid")).ShouldBeTrue();
        }

        await using var second = await StartAsync(directory.Path, TestContext.Current.CancellationToken);
        await using var again = await OpenAsync(second);
        (await again.ScalarAsync<int>("select n from public.kept")).ShouldBe(42);
    }

    [Fact(Timeout = Patience)]
    public async Task A_pid_file_that_names_another_living_process_does_not_stop_the_start()
    {
        using var directory = new TempDirectory();
        await using (await StartAsync(directory.Path, TestContext.Current.CancellationToken))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(directory.Path, "postgres", "data", "postmaster.pid"), $"{Environment.ProcessId}\n", TestContext.Current.CancellationToken);

        await using var second = await StartAsync(directory.Path, TestContext.Current.CancellationToken);
        second.ProcessId.ShouldNotBe(Environment.ProcessId);
    }

    [Fact(Timeout = Patience)]
    public async Task One_that_an_earlier_supervisor_left_running_is_ended_first()
    {
        using var directory = new TempDirectory();
        await using var left = await StartAsync(directory.Path, TestContext.Current.CancellationToken);

        await using var ours = await StartAsync(directory.Path, TestContext.Current.CancellationToken);

        await left.Exit;
        await using var connection = await OpenAsync(ours);
        (await connection.ScalarAsync<int>("select 1")).ShouldBe(1);
    }

    [Fact(Timeout = Patience)]
    public async Task A_data_directory_behind_closed_doors_and_with_a_long_name_works()
    {
        using var directory = new TempDirectory();
        File.SetUnixFileMode(directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var data = Directory.CreateDirectory(Path.Combine(directory.Path, new string('x', 60), new string('y', 60))).FullName;

        await using var postgres = await StartAsync(data, TestContext.Current.CancellationToken);

        await using var connection = await OpenAsync(postgres);
        (await connection.ScalarAsync<int>("select 1")).ShouldBe(1);
        Directory.Delete(EmbeddedPostgresSocket.DirectoryFor(Path.Combine(data, "postgres")), recursive: true);
    }

    [Fact(Timeout = Patience)]
    public async Task It_listens_on_no_port_and_lets_no_other_user_in()
    {
        var postgres = await server.Postgres;
        await using var connection = await OpenAsync(postgres);
        (await connection.ScalarAsync<string>("show listen_addresses")).ShouldBeEmpty();

        var socket = new NpgsqlConnectionStringBuilder(postgres.ConnectionString).Host!;
        File.GetUnixFileMode(socket).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Environment.IsPrivilegedProcess)
            return;
        var psql = new ProcessStartInfo("setpriv") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-h", socket, "-U", "sandbox", "-c", "select 1"])
            psql.ArgumentList.Add(argument);
        using var stranger = Process.Start(psql)!;
        var said = await stranger.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);
        stranger.ExitCode.ShouldNotBe(0);
        said.ShouldContain("Peer authentication failed");
    }

    private static Task<EmbeddedPostgres> StartAsync(string directory, CancellationToken cancellationToken) =>
        EmbeddedPostgres.StartAsync(directory, new DatabaseOptions(), NullLogger.Instance, TimeProvider.System, cancellationToken);

    private static async Task<NpgsqlConnection> OpenAsync(EmbeddedPostgres postgres)
    {
        var connection = new NpgsqlConnection(postgres.SuperuserConnectionString("sandbox"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
