using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The tenant's scripts: what starts each and whether it is live.</summary>
[Needs(Permissions.ScriptsRead)]
public sealed class IndexModel(IScripts scripts, IOverview overview) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    /// <summary>In the name or the title.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Text { get; set; }

    public IReadOnlyList<Script> Items { get; private set; } = [];

    /// <summary>By script; empty where the reader may not see executions.</summary>
    public IReadOnlyDictionary<Guid, LastOutcome> Last { get; private set; } = new Dictionary<Guid, LastOutcome>();

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        ScriptKind? kind = Enum.GetValues<ScriptKind>().Cast<ScriptKind?>().FirstOrDefault(one => string.Equals(one.ToString(), Kind, StringComparison.OrdinalIgnoreCase));
        if (Take(await scripts.ListAsync(Reader, new ScriptFilter(kind, Text), new PageRequest(50, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        Last = (await overview.LastAsync(Reader, [.. Items.Select(script => script.Id)], cancellationToken)).Value ?? Last;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/scripts", ("kind", Kind), ("text", Text), ("cursor", next)) : null;
    }
}
