namespace Sandbox.Supervisor.Schedules;

/// <summary>
/// Runs the rounds: at the next due time that is known, and once a second for what others wrote. A clock that is set back is noticed.
/// </summary>
internal sealed class Scheduler(ScheduleRounds rounds, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<Scheduler> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);

    /// <summary>Less than this is a correction of the clock; the schedules stay where they are.</summary>
    private static readonly TimeSpan s_setBackMin = TimeSpan.FromSeconds(5);

    private DateTimeOffset _latest = DateTimeOffset.MaxValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stop.IsCancellationRequested)
        {
            var wait = s_poll;
            try
            {
                wait = await PassAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                SchedulesLog.TickFailed(logger, e);
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One look. How long there is nothing to do then.</summary>
    internal async Task<TimeSpan> PassAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // The first look realigns as well: the clock may have been set back while nothing ran.
        if (now < _latest - s_setBackMin)
        {
            var count = await rounds.RealignAsync(cancellationToken);
            if (_latest != DateTimeOffset.MaxValue) SchedulesLog.SetBack(logger, (_latest - now).TotalSeconds, count);
            _latest = now;
        }

        if (now > _latest) _latest = now;
        if (await rounds.RunAsync(cancellationToken)) return TimeSpan.Zero;
        // From where the round began: what came due between its look and this one would else wait for the next poll.
        if (await rounds.NextAsync(now, cancellationToken) is not { } next) return s_poll;
        var wait = next - time.GetUtcNow();
        return wait > s_poll ? s_poll : wait;
    }
}
