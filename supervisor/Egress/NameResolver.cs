using System.Net;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Egress;

/// <summary>
/// Looks names up as the machine does. The system's call holds its thread for as long as a name server is silent, so each has a thread of its own. There are
/// so many at once, and of each tenant few: the silent names of one must not keep the others waiting.
/// </summary>
internal sealed class NameResolver : IDisposable
{
    private const int AtOnceMax = 256;
    private const int OfTenantMax = 8;

    private readonly SemaphoreSlim _free = new(AtOnceMax);
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _ofTenants = [];

    /// <param name="tenantId">Whose scripts ask; the nil UUID where the product itself does.</param>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or no name server.</exception>
    /// <exception cref="EgressRefusedException">The tenant has as many names looked up as it may.</exception>
    public async Task<IPAddress[]> LookUpAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(name, out var address)) return [address];
        if (!TryBegin(tenantId)) throw new EgressRefusedException(Codes.Overloaded, $"{OfTenantMax} names are being looked up for this tenant; try again");
        try
        {
            await _free.WaitAsync(cancellationToken);
        }
        catch
        {
            End(tenantId);
            throw;
        }

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
                    End(tenantId);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        return await looking.WaitAsync(cancellationToken);
    }

    public void Dispose() => _free.Dispose();

    private bool TryBegin(Guid tenantId)
    {
        lock (_gate)
        {
            var running = _ofTenants.GetValueOrDefault(tenantId);
            if (running >= OfTenantMax) return false;
            _ofTenants[tenantId] = running + 1;
            return true;
        }
    }

    private void End(Guid tenantId)
    {
        lock (_gate)
        {
            if (_ofTenants[tenantId] == 1) _ofTenants.Remove(tenantId);
            else _ofTenants[tenantId]--;
        }
    }
}
