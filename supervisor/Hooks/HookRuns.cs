using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Hooks;

/// <summary>Runs a tenant's script for a hook and says what the caller gets.</summary>
internal sealed class HookRuns(IRunDoor door, TimeProvider time)
{
    private static readonly RawJson s_trigger = new("""{"type":"api"}""");

    /// <summary>The default, where there is no script to ask.</summary>
    public static HookResult WithoutScript(HookDeclaration declaration)
    {
        HooksMetrics.NoScript(declaration.Hook.Name);
        return Default(declaration, null, null);
    }

    /// <summary>One execution, waits included within what is left of the hook's deadline.</summary>
    public async Task<HookResult> RunAsync(
        HookDeclaration declaration,
        Tenant tenant,
        Script script,
        RawJson input,
        HookCall call,
        Cause cause,
        CancellationToken cancellationToken)
    {
        var left = declaration.Deadline - time.GetElapsedTime(call.ArrivedTimestamp);
        var result = await door.RunAsync(
            new RunRequest
            {
                Tenant = tenant,
                Script = script,
                Input = input,
                TriggerType = TriggerType.Api,
                Trigger = s_trigger,
                TraceParent = call.TraceParent,
                Cause = cause,
                AnswerWithin = left > TimeSpan.Zero ? left : TimeSpan.Zero,
            },
            cancellationToken);
        var execution = result.Execution;
        if (execution.Status != ExecutionStatus.Completed) return Failed(declaration, Problems.Of(execution, result.RetryAfterSeconds));

        var output = execution.Output ?? RawJson.Null;
        if (declaration.Output?.Mismatches(output.Text) is { Count: > 0 } mismatches)
        {
            var (path, reason) = mismatches[0];
            var detail = $"The script's output does not match the hook's schema{At(path)}: {reason}.";
            return Failed(declaration, new Problem(502, Codes.InvalidOutput, detail) { ExecutionId = execution.Id });
        }

        HooksMetrics.Answered(declaration.Hook.Name);
        return new HookResult { Output = output, Source = HookSource.Script, ExecutionId = execution.Id };
    }

    private static HookResult Failed(HookDeclaration declaration, Problem problem)
    {
        switch (declaration.Hook.Fail)
        {
            case HookFail.Open:
                HooksMetrics.FailedOpen(declaration.Hook.Name);
                return Default(declaration, problem.ExecutionId, problem.Code);
            case HookFail.Closed:
                HooksMetrics.FailedClosed(declaration.Hook.Name);
                return new HookResult { ExecutionId = problem.ExecutionId, Code = problem.Code, Problem = problem };
            default:
                throw new InvalidOperationException($"No way to fail {declaration.Hook.Fail}.");
        }
    }

    private static HookResult Default(HookDeclaration declaration, Guid? executionId, string? code) =>
        new() { Output = declaration.Hook.Default, Source = HookSource.Default, ExecutionId = executionId, Code = code };

    private static string At(string path) => path.Length == 0 ? "" : $" at {path}";
}
