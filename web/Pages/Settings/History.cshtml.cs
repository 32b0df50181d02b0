using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>What is recorded of executions, and for how long.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class HistoryModel(ITenantLimits limits) : TenantPage
{
    public HistoryKept? Kept { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is not null) Kept = Take(await limits.HistoryAsync(Reader, cancellationToken));
    }
}
