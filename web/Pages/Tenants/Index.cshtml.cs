using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Tenants;

/// <summary>The tenants of this installation, for superadmins: make one, suspend one, act in one.</summary>
[NeedsSuperadmin]
public sealed class IndexModel(ITenants tenants) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Tenant> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Take(await tenants.ListAsync(Reader, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/tenants", ("cursor", next)) : null;
    }
}
