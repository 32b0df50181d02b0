using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;
using Sandbox.Web.Components;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>How a version of a script differs from another one.</summary>
[Needs(Permissions.ScriptsRead)]
[HoldsEditor]
public sealed class CompareModel(IScripts scripts) : TenantPage
{
    /// <summary>Its id or name.</summary>
    [FromRoute]
    public string Script { get; set; } = "";

    /// <summary>The version that is looked at.</summary>
    [FromRoute]
    public int Number { get; set; }

    /// <summary>The version that it is compared with; null: the one before.</summary>
    [BindProperty(SupportsGet = true)]
    public int? From { get; set; }

    public VersionDiff? Diff { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Number of the live version.</summary>
    public int Live { get; private set; }

    public IReadOnlyList<DiffLine> Lines { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await scripts.GetAsync(Reader, Script, cancellationToken)) is not { } script) return;
        if (Take(await scripts.DiffAsync(Reader, script.Id.ToString(), From ?? Number - 1, Number, cancellationToken)) is not { } diff) return;
        (Name, Live, Diff, Lines) = (script.Name, script.Version, diff, DiffLine.Read(diff.Source));
    }
}
