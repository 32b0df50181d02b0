using Microsoft.AspNetCore.Mvc;
using Sandbox.Protocol.Api;

namespace Sandbox.Web.Pages.Scripts;

/// <summary>The editor of a script: the reader's draft, or the live version where there is none.</summary>
[Needs(Permissions.ScriptsUpdate)]
[HoldsEditor]
public sealed class EditModel(IScripts scripts, IDrafts drafts, IExecutions executions) : TenantPage
{
    private const int PastInputs = 10;

    /// <summary>Its id or name.</summary>
    [BindProperty(SupportsGet = true)]
    [FromRoute]
    public string Script { get; set; } = "";

    public EditedScript? Edited { get; private set; }

    /// <summary>Its newest executions: their inputs can be tried.</summary>
    public IReadOnlyList<Execution> Past { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        if (Tenant is null || Take(await scripts.GetAsync(Reader, Script, cancellationToken)) is not { } script) return;
        var draft = await drafts.GetAsync(Reader, Script, author: null, cancellationToken);
        var others = (await drafts.OthersAsync(Reader, Script, cancellationToken)).Value?.Items ?? [];
        Edited = (draft.Value is { } own ? EditedScript.Of(script, own) : EditedScript.Of(script)) with { Others = others };
        Past = (await executions.ListAsync(Reader, new ExecutionFilter { Script = script.Id.ToString() }, new PageRequest(PastInputs), cancellationToken)).Value?.Items ?? [];
    }
}
