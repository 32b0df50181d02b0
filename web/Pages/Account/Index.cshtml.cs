using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Account;

/// <summary>The reader's own account: password, two-step sign-in and browsers. Who is signed in by a token has sessions alone.</summary>
[NeedsSignIn]
public sealed class IndexModel(IAccounts accounts) : TenantPage
{
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>Null: the reader is signed in by a token.</summary>
    public Protocol.Api.Account? Account { get; private set; }

    public IReadOnlyList<OwnSession> Sessions { get; private set; } = [];

    public string? NextUrl { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Account = (await accounts.GetAsync(Reader, cancellationToken)).Value;
        var current = HttpContext.Features.Get<SignedInBy>();
        if (Take(await accounts.SessionsAsync(Reader, current, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Sessions = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/account", ("cursor", next)) : null;
    }
}
