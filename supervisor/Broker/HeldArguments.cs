namespace Sandbox.Supervisor.Broker;

/// <summary>
/// Characters of arguments that calls hold until they are answered: bounded for all together, and for each tenant, so that one that asks for
/// much at once leaves room for others.
/// </summary>
internal sealed class HeldArguments(long most = HeldArguments.Most, long mostOfTenant = HeldArguments.MostOfTenant)
{
    private const long Most = 128L * 1024 * 1024;
    private const long MostOfTenant = Most / 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, long> _ofTenants = [];
    private long _all;

    /// <summary>Adds a call's, whatever there is; <see cref="Release"/> takes it away. False: it is too much.</summary>
    public bool Hold(Guid tenantId, int characters)
    {
        lock (_lock)
        {
            var ofTenant = _ofTenants.GetValueOrDefault(tenantId) + characters;
            _ofTenants[tenantId] = ofTenant;
            _all += characters;
            return _all <= most && ofTenant <= mostOfTenant;
        }
    }

    public void Release(Guid tenantId, int characters)
    {
        lock (_lock)
        {
            _all -= characters;
            var left = _ofTenants[tenantId] - characters;
            // A tenant that holds nothing is forgotten.
            if (left == 0) _ofTenants.Remove(tenantId);
            else _ofTenants[tenantId] = left;
        }
    }
}
