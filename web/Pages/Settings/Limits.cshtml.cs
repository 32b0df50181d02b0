using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>The tenant's limits and what it used of them today.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class LimitsModel(ITenantLimits limits, IUsage usage, TimeProvider time) : TenantPage
{
    public TenantLimits? Limits { get; private set; }

    /// <summary>Null: the reader may not know it.</summary>
    public UsageDay? Today { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || (Limits = Take(await limits.GetAsync(Reader, cancellationToken))) is null || !Reader.May(Permissions.ExecutionsRead)) return;
        var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (Take(await usage.ListAsync(Reader, new UsageFilter(day, day), new PageRequest(1), cancellationToken)) is not { } page) return;
        Today = page.Items.Count > 0 ? page.Items[0] : new UsageDay(day, 0, 0, 0, 0, 0, 0);
    }
}
