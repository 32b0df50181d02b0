using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Executions;
using Sandbox.Supervisor.Scripts;

namespace Sandbox.Supervisor.Examples;

/// <summary>Runs a script's examples as dry runs, one after the other, by the service of tries.</summary>
internal sealed class ExampleRunner(ExampleStore examples, ScriptStore versions, DraftStore drafts, ITries tries, TimeProvider time)
{
    /// <summary>The outputs of one answer, together.</summary>
    private const long OutputBytesMax = ExampleStore.BytesMax;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public async Task<Result<ExampleChecks>> RunAsync(
        Principal principal, Script script, ExampleRun run, TraceParent? trace, CancellationToken cancellationToken)
    {
        var hasOthers = (run.Trigger ?? run.Uses ?? run.InputSchema) is not null || run.Limits is not null || run.Nulls.Count > 0;
        if (run.Source is null && hasOthers)
            return Problem.Invalid(new FieldError("source", "is missing beside the other fields"));
        var tried = await TriedAsync(principal, script, run, cancellationToken);
        using var patience = new CancellationTokenSource(s_patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var checks = new List<ExampleCheck>();
        long bytes = 0;
        foreach (var example in await examples.ListAsync(script.TenantId, script.Id, cancellationToken))
        {
            if (patience.IsCancellationRequested || bytes > OutputBytesMax)
            {
                checks.Add(NotRun(example, patience.IsCancellationRequested ? TimeIsOver : OutputIsLarge));
                continue;
            }

            var own = tried with { Input = example.Input, Request = example.Request };
            var result = await TryAsync(principal, own, trace, end.Token, cancellationToken);
            if (result is not { } answer || (answer.Value is not null && patience.IsCancellationRequested))
            {
                checks.Add(NotRun(example, TimeIsOver));
            }
            else if (answer.Value is { } execution)
            {
                bytes += ExampleRules.Bytes(execution.Output);
                checks.Add(Check(example, execution));
            }
            else if (IsOfThePayload(answer.Problem!))
            {
                checks.Add(NotRun(example, Words(answer.Problem!)));
            }
            else
            {
                return answer.Problem!;
            }
        }

        return new ExampleChecks(checks);
    }

    private static string TimeIsOver => $"The {s_patience.TotalSeconds:0} seconds for all examples were over.";

    private static string OutputIsLarge => $"The outputs of those before are more than {OutputBytesMax / 1024 / 1024} MB.";

    /// <summary>Null: the time was over first.</summary>
    private async Task<Result<Execution>?> TryAsync(
        Principal principal, TryWrite tried, TraceParent? trace, CancellationToken end, CancellationToken caller)
    {
        try
        {
            var begun = await tries.BeginAsync(principal, tried, trace, end);
            return begun.Value is { } one ? await one.End : begun.Problem!;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<TryWrite> TriedAsync(Principal principal, Script script, ExampleRun run, CancellationToken cancellationToken)
    {
        var tried = new TryWrite { Name = script.Name, DryRun = true };
        if (run.Source is not null)
        {
            return tried with
            {
                Nulls = run.Nulls,
                Source = run.Source,
                Trigger = run.Trigger,
                Uses = run.Uses,
                Limits = run.Limits,
                InputSchema = run.InputSchema,
            };
        }

        var draft = await drafts.GetAsync(script.TenantId, script.Id, principal.Id, cancellationToken);
        if (draft is null || !draft.IsBy(principal)) return tried with { Source = script.Source };
        if (await versions.VersionAsync(script.TenantId, script.Id, draft.BaseVersion, cancellationToken) is not { } from)
            return tried with { Source = script.Source };
        var uses = Either("uses", draft.Fields.Uses, from.Uses);
        var schema = Either("input_schema", draft.Fields.InputSchema, from.InputSchema);
        var nulls = draft.Fields.Nulls.ToHashSet(StringComparer.Ordinal);
        // What the base leaves out, the live version may have meanwhile.
        if (uses is null) nulls.Add("uses");
        if (schema is null) nulls.Add("input_schema");
        return tried with
        {
            Nulls = nulls,
            Source = draft.Fields.Source ?? from.Source,
            Trigger = draft.Fields.Trigger,
            Uses = uses,
            Limits = draft.Fields.Limits,
            InputSchema = schema,
        };

        RawJson? Either(string field, RawJson? own, RawJson? inherited) => draft.Fields.Nulls.Contains(field) ? null : own ?? inherited;
    }

    private static ExampleCheck Check(Example example, Execution execution)
    {
        var was = Was(example);
        return new ExampleCheck
        {
            Name = example.Name,
            Status = execution.Status,
            Code = execution.Code,
            Output = execution.Output,
            Message = execution.Error?.Message,
            Changed = was is not null && ResultComparison.Differs(was, execution.Status, execution.Code, execution.Output),
            Was = was,
            ExecutionId = execution.Id,
        };
    }

    private static ExampleCheck NotRun(Example example, string why) =>
        new() { Name = example.Name, Changed = false, Was = Was(example), NotRun = why };

    private static ExampleResult? Was(Example example) =>
        example.Status is { } status ? new ExampleResult(status, example.Code, example.Output) : null;

    /// <summary>Of this example alone; any other problem is of the source, and every example would have it.</summary>
    private static bool IsOfThePayload(Problem problem) =>
        problem.Code == Codes.InputTooLarge
        || (problem.Errors.Count > 0 && problem.Errors.All(error => error.Field.StartsWith("request", StringComparison.Ordinal)));

    private static string Words(Problem problem) =>
        problem.Errors.Count > 0 ? string.Join("; ", problem.Errors.Select(error => $"{error.Field} {error.Message}")) : problem.Detail;
}
