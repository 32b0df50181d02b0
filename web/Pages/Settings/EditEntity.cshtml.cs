using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Settings;

/// <summary>Changes how a table of business data is opened to scripts.</summary>
[Needs(Permissions.SettingsManage)]
public sealed class EditEntityModel(IEntities entities, IEntityTables tables) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Name { get; set; }

    public EntityForm? Form { get; private set; }

    /// <summary>Why the columns are not shown; null: they are.</summary>
    public Problem? TableProblem { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (Name is null) return Redirect(Tenant.Path("/settings/entities/new"));
        if (Tenant is null || Take(await entities.GetAsync(Reader, Name, cancellationToken)) is not { } entity) return Page();
        var table = await tables.GetAsync(Reader, entity.Database, entity.Table, cancellationToken);
        TableProblem = table.Problem;
        Form = new EntityForm(this, entity, table.Value, entity.Database);
        return Page();
    }
}
