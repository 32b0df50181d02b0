using Microsoft.Extensions.Time.Testing;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Errors;
using Sandbox.Supervisor.History;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Integration.Errors;

/// <summary>A tenant with a script that fails, the history that stores its failures, and the groups that come of them.</summary>
internal sealed class ErrorRig(TestDatabase database, Guid tenant) : IAsyncDisposable
{
    // Whatever the time is, all of a test's failures are of the hours that it means.
    public static readonly DateTimeOffset Now = new(Sample.Now.UtcDateTime.Date.AddHours(12).AddMinutes(30), TimeSpan.Zero);

    private readonly TempDirectory _journal = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ErrorRig> NewAsync(PostgresServer server)
    {
        var database = await server.NewDatabaseAsync();
        var rig = new ErrorRig(database, await database.NewTenantAsync("demo"));
        rig.History = new HistoryRig(database.Db, rig._journal.Path);
        return rig;
    }

    public TestDatabase Database => database;
    public Guid Tenant => tenant;
    public Guid Script { get; } = Guid.CreateVersion7();
    public HistoryRig History { get; private set; } = null!;
    public ErrorService Errors { get; } = new(new ErrorStore(database.Db), new FakeTimeProvider(Now));
    public Principal Owner { get; } = Principal.System("test", tenant);

    public async ValueTask DisposeAsync()
    {
        await History.DisposeAsync();
        await database.DisposeAsync();
        _journal.Dispose();
    }

    public ExecutionRecord Failure(string message, DateTimeOffset at, int version = 3, string function = "load", int line = 2)
    {
        var execution = Sample.Failed(tenant, message: message) with
        {
            Id = Guid.CreateVersion7(at),
            ScriptId = Script,
            Version = version,
            CreatedAt = at,
            StartedAt = at,
            FinishedAt = at,
            Error = new ExecutionError(message, line, 7, $"Error: {message}\n    at {function} ({line}:7)", "Error"),
        };
        return Sample.Record(execution);
    }

    /// <summary>So many failures of different words, each a second before the other.</summary>
    public ExecutionRecord[] Failures(int count) =>
        [.. Enumerable.Range(0, count).Select(n => Failure($"{Word(n)} failed", Now.AddSeconds(-n)))];

    /// <summary>A word without digits for each number.</summary>
    public static string Word(int n) => string.Concat(n.ToString("0000").Select(digit => (char)('a' + digit - '0')));

    public async Task StoreAsync(params ExecutionRecord[] records) => (await History.Delivery.StoreAsync(records, Stop)).ShouldBeEmpty();

    public async Task<IReadOnlyList<ErrorGroup>> ListAsync(ErrorFilter? filter = null) =>
        (await Errors.ListAsync(Owner, filter ?? new ErrorFilter(), new PageRequest(), Stop)).Value!.Items;

    public async Task<ErrorGroup> GetAsync(Guid id) => (await Errors.GetAsync(Owner, id, Stop)).Value!;
}
