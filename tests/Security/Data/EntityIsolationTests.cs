using System.Globalization;
using Sandbox.Tests.Integration.Database;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Security.Data;

/// <summary>
/// Random calls of one tenant at a database of three, compared with a model in memory. There is no row-level security on the tables here: the predicate in the
/// statements stands alone. Four series run at once, each with a database and a seed of its own. The first seed is printed; SANDBOX_SEED runs it again.
/// </summary>
public sealed class EntityIsolationTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Patience = 300_000;
    private const int Series = 4;
    private const int CallsOfSeries = 2_625;

    [Fact(Timeout = Patience)]
    public async Task No_call_reads_or_changes_a_row_of_another_tenant_and_every_answer_is_the_models()
    {
        var first = Environment.GetEnvironmentVariable("SANDBOX_SEED") is { } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next(int.MaxValue - Series);
        output.WriteLine($"SANDBOX_SEED={first}");

        await Task.WhenAll(Enumerable.Range(first, Series).Select(RunAsync));
    }

    private async Task RunAsync(int seed)
    {
        await using var database = await server.NewDatabaseAsync();
        var calls = await new RandomEntityCalls(seed, database).RunAsync(CallsOfSeries);
        output.WriteLine(
            $"seed {seed}: {calls.Carried} calls carried out, {calls.Refused} refused, 0 foreign rows read or changed, {calls.Rows} own rows left");
        calls.Carried.ShouldBeGreaterThan(CallsOfSeries / 3);
        calls.Refused.ShouldBeGreaterThan(CallsOfSeries / 20);
    }
}
