using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Sandbox.Supervisor.Configuration;
using Sandbox.Supervisor.Hosting.Configuration;

namespace Sandbox.Supervisor.Listeners;

/// <summary>
/// The orderly stop: Kestrel stops accepting and lets what is in flight end; whoever is not done when the bound is
/// reached is cut, which cancels what runs for it. Without the bound one slow client would hold back the stop of all else.
/// </summary>
internal sealed class Drain : IDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly TimeSpan _bound;
    private readonly TimeProvider _time;
    private ITimer? _timer;

    public Drain(IHostApplicationLifetime lifetime, DrainOptions options, TimeProvider time)
    {
        if (options.Seconds is < 0 or > 300) throw new StartupException($"{DrainOptions.Section}:{nameof(DrainOptions.Seconds)} is {options.Seconds}; it may be 0 to 300.");
        _bound = TimeSpan.FromSeconds(options.Seconds);
        _time = time;
        Stopping = lifetime.ApplicationStopping;
        _stopping = Stopping.Register(() => _timer = _time.CreateTimer(_ => Cut(), null, _bound, Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled once the stop has begun; streams that have no end of their own end by it.</summary>
    public CancellationToken Stopping { get; }

    public IDisposable Track(ConnectionContext connection)
    {
        _connections[connection] = 0;
        return new Tracked(this, connection);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _timer?.Dispose();
    }

    private void Cut()
    {
        foreach (var connection in _connections.Keys) connection.Abort(new ConnectionAbortedException("The supervisor stops."));
    }

    private sealed class Tracked(Drain drain, ConnectionContext connection) : IDisposable
    {
        public void Dispose() => drain._connections.TryRemove(connection, out _);
    }
}
