using Sandbox.Supervisor.Listeners;

namespace Sandbox.Supervisor.Executions;

/// <summary>An answer as <c>text/event-stream</c>.</summary>
internal static class EventStream
{
    private const string Type = "text/event-stream";

    // Proxies commonly close what is silent for a minute.
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Whether the request takes one: without this, whoever fetches the address would wait for its end.</summary>
    public static bool IsAskedBy(HttpContext context) => context.Request.Headers.Accept.ToString().Contains(Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Sends what comes until it ends, the reader goes away, the time is over or we stop.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="lasts">Ends it after so long; null: as long as there is something to come.</param>
    /// <param name="items">What is sent.</param>
    /// <param name="textOf">An event with its empty line.</param>
    /// <param name="last">The last event; null: none.</param>
    public static async Task SendAsync<T>(
        HttpContext context, TimeSpan? lasts, IAsyncEnumerable<T> items, Func<T, string> textOf, Func<CancellationToken, Task<string?>>? last = null)
    {
        var drain = context.RequestServices.GetRequiredService<Drain>();
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        using var over = new CancellationTokenSource(lasts ?? Timeout.InfiniteTimeSpan, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Stopping, over.Token);
        context.Response.ContentType = Type;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // The reader is told at once that it is heard, however long there is nothing to say.
            await context.Response.StartAsync(ends.Token);
            await context.Response.Body.FlushAsync(ends.Token);
            await FollowAsync(context.Response, items, textOf, time, ends.Token);
            if (last is not null && await last(ends.Token) is { } text) await context.Response.WriteAsync(text, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // Whoever still wants to know asks again.
        }
    }

    private static async Task FollowAsync<T>(HttpResponse response, IAsyncEnumerable<T> items, Func<T, string> textOf, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var item = items.GetAsyncEnumerator(cancellationToken);
        var next = item.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                try
                {
                    if (!await next.WaitAsync(s_heartbeat, time, cancellationToken)) return;
                }
                catch (TimeoutException)
                {
                    await response.WriteAsync(": still here\n\n", cancellationToken);
                    continue;
                }

                await response.WriteAsync(textOf(item.Current), cancellationToken);
                next = item.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An iterator must not be disposed while it is being moved on; the token ends the move.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
