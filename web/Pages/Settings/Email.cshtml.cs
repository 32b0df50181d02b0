using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>Through which server the tenant's scripts send e-mail.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class EmailModel(IEmailSettings email) : TenantPage
{
    /// <summary>Null: there are none yet.</summary>
    public EmailSettings? Settings { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var found = await email.GetAsync(Reader, cancellationToken);
        if (found.Problem is not { Status: 404 }) Settings = Take(found);
    }
}
