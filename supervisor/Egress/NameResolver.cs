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
    private readonly Dictionary<(Guid TenantId, string Name), Task<IPAddress[]>> _running = [];

    /// <summary>Calls of a tenant that ask for the same name while it is looked up share the answer.</summary>
    /// <param name="tenantId">Whose scripts ask; the nil UUID where the product itself does.</param>
    /// <exception cref="System.Net.Sockets.SocketException">There is no such name, or no name server.</exception>
    /// <exception cref="EgressRefusedException">The tenant has as many names looked up as it may.</exception>
    public async Task<IPAddress[]> LookUpAsync(Guid tenantId, string name, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(name, out var address)) return [address];
        Task<IPAddress[]>? looking;
        lock (_gate)
        {
            if (!_running.TryGetValue((tenantId, name), out looking))
            {
                var ofTenant = _ofTenants.GetValueOrDefault(tenantId);
                if (ofTenant >= OfTenantMax) throw new EgressRefusedException(Codes.Overloaded, $"{OfTenantMax} names are being looked up for this tenant; try again");
                _ofTenants[tenantId] = ofTenant + 1;
                _running[(tenantId, name)] = looking = RunAsync(tenantId, name);
            }
        }

        return await looking.WaitAsync(cancellationToken);
    }

    public void Dispose() => _free.Dispose();

    /// <summary>One look-up, whoever waits for it: it does not end with its first caller.</summary>
    private async Task<IPAddress[]> RunAsync(Guid tenantId, string name)
    {
        // Its end takes the lock under which it is begun.
        await Task.Yield();
        await _free.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(() => Dns.GetHostAddresses(name), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _free.Release();
            End(tenantId, name);
        }
    }

    private void End(Guid tenantId, string name)
    {
        lock (_gate)
        {
            _running.Remove((tenantId, name));
            if (_ofTenants[tenantId] == 1) _ofTenants.Remove(tenantId);
            else _ofTenants[tenantId]--;
        }
    }
}
