using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Audit;

/// <summary>Who did what in the tenant, newest first. Its address is its state: filters and page.</summary>
[Needs(Permissions.AuditRead)]
public sealed class IndexModel(IAudit audit) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>Id or name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Actor { get; set; }

    /// <summary>A whole action, or its beginning and a star.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Action { get; set; }

    /// <summary>Id or name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Target { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Outcome { get; set; }

    public IReadOnlyList<AuditEntry> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public bool IsFiltered => Actor is not null || Action is not null || Target is not null || Outcome is not null;

    /// <summary>The address of this list with another outcome; null: any.</summary>
    public string With(string? outcome, string? cursor = null) =>
        Tenant.Path("/audit", ("actor", Actor), ("action", Action), ("target", Target), ("outcome", outcome), ("cursor", cursor));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        AuditOutcome? outcome = Enum.GetValues<AuditOutcome>()
            .Cast<AuditOutcome?>()
            .FirstOrDefault(one => string.Equals(one.ToString(), Outcome, StringComparison.OrdinalIgnoreCase));
        var filter = new AuditFilter(Actor, Action, Target, outcome);
        if (Take(await audit.ListAsync(Reader, filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? With(Outcome, next) : null;
    }
}
