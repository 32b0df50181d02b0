namespace Sandbox.Supervisor.Executions;

/// <summary>Executions of a tenant in this minute and this day (UTC).</summary>
internal sealed class Quota
{
    private readonly Lock _gate = new();
    private long _minute;
    private long _day;
    private int _inMinute;
    private int _inDay;
    private Task? _counted;

    /// <summary>A start in the middle of a day does not begin it anew: once, what is on record of today is counted in.</summary>
    /// <param name="countToday">Executions of the tenant since midnight UTC. Asked again where it failed.</param>
    public ValueTask CountedAsync(Func<DateTimeOffset, Task<int>> countToday, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_counted is { IsCompletedSuccessfully: true }) return default;
            if (_counted is null or { IsCompleted: true }) _counted = CountAsync(countToday, now);
            return new ValueTask(_counted);
        }
    }

    private async Task CountAsync(Func<DateTimeOffset, Task<int>> countToday, DateTimeOffset now)
    {
        var before = await countToday(new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero));
        lock (_gate)
        {
            var day = now.ToUnixTimeSeconds() / 86_400;
            if (_day != day) (_day, _inDay) = (day, 0);
            // What ran here already is on record too, but for the last quarter of a second.
            _inDay = Math.Max(_inDay, before);
        }
    }

    /// <summary>Counts one. Seconds to wait and the limit's name where it is used up; null where it may run.</summary>
    public (int RetryAfterSeconds, string Limit)? Take(DateTimeOffset now, int perMinute, int? perDay)
    {
        var second = now.ToUnixTimeSeconds();
        var (minute, day) = (second / 60, second / 86_400);
        lock (_gate)
        {
            if (_minute != minute) (_minute, _inMinute) = (minute, 0);
            if (_day != day) (_day, _inDay) = (day, 0);
            if (_inDay >= perDay) return ((int)(((day + 1) * 86_400) - second), $"{perDay} executions a day (limits.executions_per_day)");
            if (_inMinute >= perMinute) return ((int)(((minute + 1) * 60) - second), $"{perMinute} executions a minute (limits.executions_per_minute)");
            _inMinute++;
            _inDay++;
            return null;
        }
    }
}
