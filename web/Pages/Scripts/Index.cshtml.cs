using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The tenant's scripts: what starts each and whether it is live.</summary>
[Needs(Permissions.ScriptsRead)]
public sealed class IndexModel(IScripts scripts) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    public IReadOnlyList<Script> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        ScriptKind? kind = Enum.GetValues<ScriptKind>().Cast<ScriptKind?>().FirstOrDefault(one => string.Equals(one.ToString(), Kind, StringComparison.OrdinalIgnoreCase));
        if (Take(await scripts.ListAsync(Reader, kind, new PageRequest(50, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/scripts", ("kind", Kind), ("cursor", next)) : null;
    }
}
