using System.Globalization;
using Sandbox.Bench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var benches = new Dictionary<string, Func<Report, CancellationToken, Task>>(StringComparer.OrdinalIgnoreCase)
{
    ["S1"] = HelloThroughput.RunAsync,
    ["S2"] = EmbeddedCall.RunAsync,
    ["S3"] = FirstExecution.RunAsync,
    ["S4"] = NewVersion.RunAsync,
    ["S5"] = Overruns.RunAsync,
    ["S7"] = HttpCalls.ManyWaitingAsync,
    ["HTTP"] = HttpCalls.FetchAsync,
    ["SDK"] = SdkCalls.RunAsync,
    ["S8"] = Durable.EventsAsync,
    ["S9"] = Durable.SchedulesAsync,
    ["PAGES"] = Pages.RunAsync,
    ["S11"] = IdleMemory.RunAsync,
};

var wanted = args.Length == 0 ? [.. benches.Keys] : args;
if (wanted.FirstOrDefault(name => !benches.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"No bench {unknown}; there are {string.Join(", ", benches.Keys)}.");
    return 2;
}

// Everything here is bounded in count and time; this is the bound on all of it.
using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(20));
ConsoleCancelEventHandler cancel = (_, e) =>
{
    // A second Ctrl-C ends the process at once.
    e.Cancel = !limit.IsCancellationRequested;
    limit.Cancel();
};
Console.CancelKeyPress += cancel;

var report = new Report(Console.Out);
report.Machine();
var failed = 0;
foreach (var name in wanted)
{
    try
    {
        await benches[name](report, limit.Token);
    }
    catch (OperationCanceledException) when (limit.IsCancellationRequested)
    {
        Console.Error.WriteLine("Stopped.");
        return 1;
    }
    catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException or IOException)
    {
        report.Failed(name, failure.Message);
        failed++;
    }
}

return failed == 0 ? 0 : 1;
