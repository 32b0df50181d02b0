using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>The tenant's secrets by name. A value goes in and never comes out.</summary>
[Needs(Permissions.SecretsManage)]
public sealed class SecretsModel(ISecrets secrets) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Secret> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await secrets.ListAsync(Reader, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/settings/secrets", ("cursor", next)) : null;
    }
}
