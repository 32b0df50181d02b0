using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The editor of a script that is to be made: it begins with an example of its kind that runs.</summary>
[Needs(Permissions.ScriptsCreate)]
[HoldsEditor]
public sealed class NewModel : TenantPage
{
    /// <summary>As the API spells it; null: the reader chooses one first.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    public EditedScript? Edited { get; private set; }

    public void OnGet()
    {
        if (Enum.GetValues<ScriptKind>().Cast<ScriptKind?>().FirstOrDefault(one => string.Equals(one.ToString(), Kind, StringComparison.OrdinalIgnoreCase)) is { } kind)
            Edited = StarterScripts.Of(kind);
    }
}
