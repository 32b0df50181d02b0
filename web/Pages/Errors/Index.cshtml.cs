using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Errors;

/// <summary>Failures that look alike, each group once, the last seen first. Its address is its state.</summary>
[Needs(Permissions.ExecutionsRead)]
public sealed class IndexModel(IErrors errors) : TenantPage
{
    /// <summary>open, resolved, ignored, or all.</summary>
    [BindProperty(SupportsGet = true)]
    public string State { get; set; } = "open";

    /// <summary>In the message.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Text { get; set; }

    /// <summary>Script id or name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Script { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<ErrorGroup> Items { get; private set; } = [];

    public string? NextUrl { get; private set; }

    /// <summary>Beyond the state, which is always there.</summary>
    public bool IsFiltered => Text is not null || Script is not null || Code is not null;

    /// <summary>The address of this list with another state.</summary>
    public string With(string state, string? cursor = null) =>
        Tenant.Path("/errors", ("state", state == "open" ? null : state), ("text", Text), ("script", Script), ("code", Code), ("cursor", cursor));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null) return;
        var isState = Enum.TryParse<ErrorState>(State, ignoreCase: true, out var state) && !int.TryParse(State, CultureInfo.InvariantCulture, out _);
        if (!isState && State != "all") (State, state, isState) = ("open", ErrorState.Open, true);
        var filter = new ErrorFilter { State = isState ? state : null, Text = Text, Script = Script, Code = Code };
        if (Take(await errors.ListAsync(Reader, filter, new PageRequest(Rows, Cursor), cancellationToken)) is not { } page) return;
        Items = page.Items;
        NextUrl = page.NextCursor is { } next ? With(State, next) : null;
    }
}
