using System.Net;

namespace Sandbox.Supervisor.Egress;

/// <summary>
/// Looks names up as the machine does. The system's call holds its thread for as long as a name server is silent, so each has a thread of its own, and
/// there are so many at once.
/// </summary>
internal sealed class NameResolver : IDisposable
{
    private const int AtOnceMax = 64;

    private readonly SemaphoreSlim _free = new(AtOnceMax);

    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or no name server.</exception>
    public async Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(name, out var address)) return [address];
        await _free.WaitAsync(cancellationToken);
        var looking = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return Dns.GetHostAddresses(name);
                }
                finally
                {
                    _free.Release();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return await looking.WaitAsync(cancellationToken);
    }

    public void Dispose() => _free.Dispose();
}
