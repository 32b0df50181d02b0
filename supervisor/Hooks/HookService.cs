using System.Text;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Scripts;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hooks;

/// <summary>Hook points for those who need a permission.</summary>
internal sealed class HookService(HookDeclarations declarations, ScriptCache scripts, TenantDirectory tenants, HookRuns runs) : IHooks
{
    public async Task<Result<Page<Hook>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        var after = declarations.ByName.Values
            .OrderBy(declaration => declaration.Hook.Name, StringComparer.Ordinal)
            .Where(declaration => page.Cursor is null || string.CompareOrdinal(declaration.Hook.Name, page.Cursor) > 0)
            .Take(page.Limit + 1)
            .ToArray();
        var items = new List<Hook>();
        foreach (var declaration in after.Take(page.Limit)) items.Add(await OfAsync(declaration, entered.Value, cancellationToken));
        return new Page<Hook>(items, after.Length > page.Limit ? items[^1].Name : null);
    }

    public async Task<Result<Hook>> GetAsync(Principal principal, string name, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        if (entered.Problem is { } refused) return refused;
        return declarations.ByName.TryGetValue(name, out var declaration)
            ? await OfAsync(declaration, entered.Value, cancellationToken)
            : Missing(name);
    }

    public async Task<Result<IReadOnlyList<HookResult>>> CallAsync(
        Principal principal, string name, HookCall call, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsExecute);
        if (entered.Problem is { } refused) return refused;
        if (!declarations.ByName.TryGetValue(name, out var declaration)) return Missing(name);
        if (Mismatch(declaration, call) is { } mismatch) return mismatch;

        var tenant = tenants.ById(entered.Value);
        var script = await ScriptAsync(declaration, entered.Value, cancellationToken);
        if (tenant is null || tenant.Suspended || script is null || ScriptCache.Refusal(script) is not null)
            return call.Inputs.Select(_ => HookRuns.WithoutScript(declaration)).ToArray();
        if (TooLarge(script, call) is { } tooLarge) return tooLarge;

        var cause = new Cause("hook", name);
        var running = call.Inputs.Select(input => runs.RunAsync(declaration, tenant, script, input, call, cause, cancellationToken));
        return await Task.WhenAll(running);
    }

    private async Task<Hook> OfAsync(HookDeclaration declaration, Guid tenantId, CancellationToken cancellationToken) =>
        await ScriptAsync(declaration, tenantId, cancellationToken) is { } script
            ? declaration.Hook with { Script = new HookScript(script.Id, script.Version, script.Enabled, script.Paused) }
            : declaration.Hook;

    private async ValueTask<Script?> ScriptAsync(HookDeclaration declaration, Guid tenantId, CancellationToken cancellationToken) =>
        await scripts.GetAsync(tenantId, declaration.Hook.Name, cancellationToken) is { Kind: ScriptKind.Embedded } script ? script : null;

    private static Problem? Mismatch(HookDeclaration declaration, HookCall call)
    {
        if (declaration.Input is not { } schema) return null;
        var errors = call.Inputs
            .SelectMany((input, index) => schema.Mismatches(input.Text)
                .Select(found => new FieldError($"{Field(call, index)}{found.Path}", found.Reason)))
            .ToArray();
        return errors.Length == 0
            ? null
            : new Problem(422, Codes.InvalidInput, $"{errors[0].Field}: {errors[0].Message}") { Errors = errors };
    }

    private static Problem? TooLarge(Script script, HookCall call)
    {
        var bytesMax = Math.Min(script.Limits.OutputBytes, InputBody.InputBytesAbsolute);
        for (var i = 0; i < call.Inputs.Count; i++)
        {
            if (Encoding.UTF8.GetByteCount(call.Inputs[i].Text) <= bytesMax) continue;
            return new Problem(
                413,
                Codes.InputTooLarge,
                $"{Field(call, i)} is larger than {bytesMax} bytes (limits.output_bytes of the script).");
        }

        return null;
    }

    private static string Field(HookCall call, int index) => call.IsList ? $"inputs[{index}]" : "input";

    private static Problem Missing(string name) =>
        Problem.NotFound($"There is no hook {JsonText.Cut(name, 100)}. The operator declares hooks in {HooksOptions.Root}.");
}
