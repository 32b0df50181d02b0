using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The code of a version, to be read.</summary>
[Needs(Permissions.ScriptsRead)]
[HoldsEditor]
public sealed class CodeModel(IScripts scripts) : TenantPage
{
    /// <summary>Its id or name.</summary>
    [FromRoute]
    public string Script { get; set; } = "";

    /// <summary>Null: the live one.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Version { get; set; }

    public ScriptVersion? Shown { get; private set; }

    public string Name { get; private set; } = "";

    /// <summary>Number of the live version.</summary>
    public int Live { get; private set; }

    public IEnumerable<(int Number, string Text)> Lines => Shown!.Source.ReplaceLineEndings("\n").Split('\n').Select((text, at) => (at + 1, text));

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await scripts.GetAsync(Reader, Script, cancellationToken)) is not { } script) return;
        if (Take(await scripts.VersionAsync(Reader, script.Id.ToString(), Version ?? script.Version, cancellationToken)) is not { } version) return;
        (Name, Live, Shown) = (script.Name, script.Version, version);
    }
}
