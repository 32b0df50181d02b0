using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Tokens;

/// <summary>The tenant's bearer tokens, without their values.</summary>
[Needs(Permissions.TokensManage)]
public sealed class IndexModel(ITokens tokens, TimeProvider time) : TenantPage
{
    private const int TypedMax = 60;

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<ApiToken> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>Those that the reader may give: the ones that the reader has.</summary>
    public IEnumerable<string> Grantable => Permissions.All.Where(Reader.May);

    /// <summary>When a new token may expire, as the API takes it, in days from now.</summary>
    public IEnumerable<(string At, int Days)> Lives =>
        from days in (int[])[30, 90, 365]
        select (time.GetUtcNow().AddDays(days).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), days);

    public bool IsOver(ApiToken token) => token.RevokedAt is not null || token.ExpiresAt <= time.GetUtcNow();

    /// <summary>What is typed before a token is revoked: its name, or the end of its id where no keyboard could write the name.</summary>
    public static string TypedFor(ApiToken token) =>
        token.Name.Length <= TypedMax
        && token.Name.Trim() == token.Name
        && !token.Name.AsSpan().ContainsAny('\n', '\t')
        && Visible.Of(token.Name) == token.Name
            ? token.Name
            : token.Id.ToString()[^12..];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        if (Take(await tokens.ListAsync(Reader, TokenOwner.Tenant, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? Tenant.Path("/tokens", ("cursor", next)) : null;
    }
}
