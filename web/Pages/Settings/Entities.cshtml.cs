using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>The tables of business data that the tenant's scripts may use.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class EntitiesModel(IEntities entities) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Entity> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await entities.ListAsync(Reader, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/settings/entities", ("cursor", next)) : null;
    }
}
