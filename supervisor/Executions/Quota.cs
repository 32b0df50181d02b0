using Sandbox.Supervisor.Limits;

namespace Sandbox.Supervisor.Executions;

/// <summary>Executions of a tenant in the last minute and this day (UTC).</summary>
internal sealed class Quota(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly MinuteWindow _minute = new();
    private readonly long _from = time.GetTimestamp();
    private long _day;
    private int _inDay;
    private Task? _counted;

    /// <summary>A start in the middle of a day does not begin it anew: once, what is on record of today is counted in.</summary>
    /// <param name="countToday">Executions of the tenant since midnight UTC. Asked again where it failed.</param>
    public ValueTask CountedAsync(Func<DateTimeOffset, Task<int>> countToday)
    {
        lock (_gate)
        {
            if (_counted is { IsCompletedSuccessfully: true }) return default;
            if (_counted is null or { IsCompleted: true }) _counted = CountAsync(countToday, time.GetUtcNow());
            return new ValueTask(_counted);
        }
    }

    private async Task CountAsync(Func<DateTimeOffset, Task<int>> countToday, DateTimeOffset now)
    {
        var before = await countToday(new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero));
        lock (_gate)
        {
            var day = now.ToUnixTimeSeconds() / 86_400;
            // The day may have turned while it was counted; then the new one begins with what ran in it.
            if (_day > day) return;
            if (_day != day) (_day, _inDay) = (day, 0);
            // What ran here already is on record too, but for the last quarter of a second.
            _inDay = Math.Max(_inDay, before);
        }
    }

    /// <summary>Counts one. Seconds to wait and the limit's name where it is used up; null where it may run.</summary>
    public (int RetryAfterSeconds, string Limit)? Take(int perMinute, int? perDay)
    {
        var utc = time.GetUtcNow().ToUnixTimeSeconds();
        // Monotonic: a clock that is set neither empties the window nor holds it.
        var second = (long)time.GetElapsedTime(_from).TotalSeconds;
        var day = utc / 86_400;
        lock (_gate)
        {
            if (_day != day) (_day, _inDay) = (day, 0);
            if (_inDay >= perDay) return ((int)(((day + 1) * 86_400) - utc), $"{perDay} executions a day (limits.executions_per_day)");
            if (_minute.Total(second) >= perMinute) return (_minute.SecondsUntilBelow(second, perMinute), $"{perMinute} executions a minute (limits.executions_per_minute)");
            _minute.Add(second);
            _inDay++;
            return null;
        }
    }
}
