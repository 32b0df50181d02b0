using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>Opens a table of business data to scripts: first the table is chosen, then its columns.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class NewEntityModel(IEntityTables tables) : TenantPage
{
    /// <summary>Null: the product's own.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Database { get; set; }

    /// <summary>Part of the table's name.</summary>
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }

    /// <summary>The one chosen; null: none yet.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Table { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<string> Databases { get; private set; } = [];

    public IReadOnlyList<EntityTable> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public EntityForm? Form { get; private set; }

    /// <summary>Where the search that found the table stands.</summary>
    public string SearchUrl => Tenant.Path("/settings/entities/new", ("database", Database), ("q", Text));

    public string UrlOf(EntityTable table) =>
        Tenant.Path("/settings/entities/new", ("database", Database), ("q", Text), ("table", table.Table));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await tables.DatabasesAsync(Reader, cancellationToken)) is not { } databases) return;
        Databases = databases;
        if (Table is not null)
        {
            var found = Take(await tables.GetAsync(Reader, Database, Table, cancellationToken));
            if (found is not null) Form = new EntityForm(this, null, found, Database);
            return;
        }

        var filter = new EntityTableFilter(Database, Text);
        if (Take(await tables.ListAsync(Reader, filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next
            ? Tenant.Path("/settings/entities/new", ("database", Database), ("q", Text), ("cursor", next))
            : null;
    }
}
