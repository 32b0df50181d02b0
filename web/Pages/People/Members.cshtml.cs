using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.People;

/// <summary>The people of a tenant and their roles.</summary>
[Needs(Permissions.MembersManage)]
public sealed class MembersModel(IMembers members) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Member> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>The roles that the reader may give, with what each may do. The API refuses those that may more than the reader.</summary>
    public IEnumerable<(string Role, string Says)> Roles =>
        Words.Where(role => Protocol.Api.Roles.All[role.Role].All(Reader.May));

    private static (string Role, string Says)[] Words { get; } =
    [
        (Protocol.Api.Roles.Viewer, "Viewer: reads scripts and executions"),
        (Protocol.Api.Roles.Operator, "Operator: also runs, cancels and replays"),
        (Protocol.Api.Roles.Developer, "Developer: also writes and publishes scripts"),
        (Protocol.Api.Roles.Admin, "Admin: everything in this tenant"),
    ];

    /// <summary>The role as a word; its name where it has none.</summary>
    public static string WordOf(string role) => Words.FirstOrDefault(one => one.Role == role).Says?.Split(':')[0] ?? role;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await members.ListAsync(Reader, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/members", ("cursor", next)) : null;
    }
}
