using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Examples;

/// <summary>Keeps examples, and has them checked.</summary>
internal sealed class ExampleService(ExampleStore examples, ScriptCache live, ExampleRunner runner) : IExamples
{
    public async Task<Result<ExampleList>> ListAsync(Principal principal, string idOrName, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsRead, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        return new ExampleList(await examples.ListAsync(script.TenantId, script.Id, cancellationToken));
    }

    public async Task<Result<Example>> GetAsync(Principal principal, string idOrName, string name, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsRead, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        return await examples.GetAsync(script.TenantId, script.Id, name, cancellationToken) is { } example
            ? example
            : Missing(script, name);
    }

    public async Task<Result<ExampleWritten>> PutAsync(
        Principal principal, string idOrName, string name, ExampleWrite write, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsUpdate, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        if (ExampleRules.Complaint(script, name, write) is { } unacceptable) return unacceptable;
        var example = new Example
        {
            ScriptId = script.Id,
            Name = name,
            Input = write.Input ?? RawJson.Null,
            Request = write.Request,
            Status = write.Status,
            Code = write.Code,
            Output = write.Output,
            UpdatedBy = principal.Name,
            UpdatedAt = default,
        };
        if (await examples.PutAsync(script.TenantId, example, ExampleRules.Bytes(write), cancellationToken) is { } written) return written;
        return new Problem(
            409,
            Codes.QuotaExceeded,
            $"A script has {ExampleStore.CountMax} examples of {ExampleStore.BytesMax / 1024 / 1024} MB together at most; "
            + "delete one that is no longer used.");
    }

    public async Task<Result<bool>> DeleteAsync(Principal principal, string idOrName, string name, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsUpdate, idOrName, cancellationToken);
        if (found.Value is not { } script) return found.Problem!;
        return await examples.DeleteAsync(script.TenantId, script.Id, name, cancellationToken) ? true : Missing(script, name);
    }

    public async Task<Result<ExampleChecks>> RunAsync(
        Principal principal, string idOrName, ExampleRun run, TraceParent? trace, CancellationToken cancellationToken)
    {
        var found = await FindAsync(principal, Permissions.ScriptsUpdate, idOrName, cancellationToken);
        return found.Value is { } script ? await runner.RunAsync(principal, script, run, trace, cancellationToken) : found.Problem!;
    }

    private async Task<Result<Script>> FindAsync(
        Principal principal, string permission, string idOrName, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(permission);
        if (entered.Problem is { } refused) return refused;
        return await live.GetAsync(entered.Value, idOrName, cancellationToken) is { } script
            ? script
            : Problem.NotFound($"There is no script '{idOrName}' in this tenant.");
    }

    private static Problem Missing(Script script, string name) => Problem.NotFound($"The script '{script.Name}' has no example '{name}'.");
}
