using System.Collections.Frozen;
using System.Text.Json;
using Npgsql;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Rpc;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Broker;

/// <summary>
/// Carries out what scripts ask, one straight way for all: the invocation's right to call → a known capability → the calls of the execution → the rate
/// of the script → well-formed arguments → what the version may use → the capability, which checks the rest → the call log → the answer. Nothing of it is ever thrown to the pipe.
/// </summary>
internal sealed class CallBroker(
    IEnumerable<ICapability> capabilities, CallRates rates, EffectiveUses uses, TimeProvider time, HeldArguments held, BrokerLog log)
{
    /// <summary>Characters of arguments that are read and checked at once.</summary>
    private const int SmallCharactersMax = 4_096;

    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = JsonText.DepthMax + 8 };
    /// <summary>The answer to a call of an invocation that has ended.</summary>
    public static readonly CallAnswer Ended = new(null, Codes.NotAllowed, "The execution has ended; nothing is done for it any more.");
    private readonly FrozenDictionary<string, ICapability> _capabilities = capabilities.ToFrozenDictionary(capability => capability.Name, StringComparer.Ordinal);

    /// <summary>Names of what there is.</summary>
    public IReadOnlyCollection<string> Capabilities => _capabilities.Keys;

    /// <summary>Takes a call and returns before anything of it waits; the answer comes when there is one.</summary>
    public void Call(CallScope scope, string capability, string arguments, Action<CallAnswer> answer)
    {
        if (!scope.TryEnter(out var isAlone))
        {
            answer(Ended);
            return;
        }

        if (isAlone && arguments.Length <= SmallCharactersMax && _capabilities.GetValueOrDefault(capability) is not { BeginsSlowly: true } && uses.IsKnown(scope.Execution.Request.Script))
        {
            // On the pipe's reading thread: until it first waits, a small call costs less than another thread's waking. Of several at once the others would wait for that.
            _ = RunAsync(scope, capability, arguments, answer);
            return;
        }

        // Whatever a call takes, the next message is read.
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Broker.RunAsync(work.Scope, work.Capability, work.Arguments, work.Answer),
            (Broker: this, Scope: scope, Capability: capability, Arguments: arguments, Answer: answer),
            preferLocal: false);
    }

    private async Task RunAsync(CallScope scope, string name, string arguments, Action<CallAnswer> answer)
    {
        var arrived = time.GetTimestamp();
        var capability = _capabilities.GetValueOrDefault(name);
        CallAnswer given;
        var summary = "";
        var tenantId = scope.Execution.Request.Tenant.Id;
        var hasRoom = held.Hold(tenantId, arguments.Length);
        try
        {
            (given, summary) = await CarryOutAsync(scope, capability, name, arguments, hasRoom);
        }
        catch (Exception e)
        {
            given = AnswerFor(e, scope, name);
        }

        try
        {
            held.Release(tenantId, arguments.Length);
            Record(scope.Execution, capability, name, summary, arguments, given, arrived);
            answer(given);
        }
        catch (Exception e)
        {
            log.CallFailed(e, "answer", scope.Execution.Request.ExecutionId);
        }
        finally
        {
            // Last: once the invocation's end has waited for its calls, none of them answers any more.
            scope.Leave();
        }
    }

    private async ValueTask<(CallAnswer Answer, string Summary)> CarryOutAsync(
        CallScope scope, ICapability? capability, string name, string arguments, bool hasRoom)
    {
        var execution = scope.Execution;
        if (!execution.TryCount()) throw new CallRefusedException(Codes.CallLimit, $"The execution has made {execution.Limits.Calls} calls, which is its limit (limits.calls).");
        if (capability is null) throw new CallRefusedException(Codes.InvalidArgument, $"There is no sdk.{name}.");
        if (rates.Take(execution.Request, capability.Group) is { } refusal) throw refusal;
        if (!hasRoom) throw new CallRefusedException(Codes.Overloaded, "Too much is asked for at once; try again.", 1);
        using var document = Parse(name, arguments);
        var call = new BrokerCall(scope, capability, document.RootElement);
        try
        {
            if (UseRefusal(call, capability) is { } notAllowed) throw notAllowed;
            if (capability.Changes) execution.Changing();
            var value = call.DryRun is { } dryRun ? await capability.DryRunAsync(call, dryRun, scope.Ended) : await capability.CallAsync(call, scope.Ended);
            return (new CallAnswer(value, Rows: call.Rows), call.Summary);
        }
        catch (CallRefusedException e)
        {
            return (new CallAnswer(null, e.Code, e.Message, e.RetryAfterSeconds), call.Summary);
        }
    }

    /// <summary>The refusal where the version may not use what the call needs.</summary>
    private CallRefusedException? UseRefusal(BrokerCall call, ICapability capability)
    {
        if (capability.Needs(call) is not { } needed) return null;
        var allowed = uses.Of(call.Execution.Request.Script);
        return allowed.Allows(needed) ? null : call.Refused(Codes.NotAllowed, $"this version of the script may not {needed.Words}; declare {allowed.Remedy(needed)}");
    }

    private static JsonDocument Parse(string name, string arguments)
    {
        try
        {
            var document = JsonDocument.Parse(arguments, s_deep);
            if (document.RootElement.ValueKind == JsonValueKind.Array) return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // No worker of ours sends such a text, but for what is nested too deep.
        }

        throw new CallRefusedException(Codes.InvalidArgument, $"sdk.{name}: the arguments are no JSON list, or nested deeper than {JsonText.DepthMax} levels.");
    }

    private CallAnswer AnswerFor(Exception exception, CallScope scope, string name)
    {
        if (exception is CallRefusedException refused) return new CallAnswer(null, refused.Code, refused.Message, refused.RetryAfterSeconds);
        if (scope.Ended.IsCancellationRequested) return Ended;
        if (exception is NpgsqlException { IsTransient: true } or TimeoutException)
        {
            log.DatabaseBusy(exception, scope.Execution.Request.ExecutionId);
            return new CallAnswer(null, Codes.Overloaded, $"sdk.{name}: the database cannot be reached or is busy; try again.", 1);
        }

        log.CallFailed(exception, _capabilities.ContainsKey(name) ? name : "unknown", scope.Execution.Request.ExecutionId);
        return new CallAnswer(null, Codes.Internal, $"sdk.{name} failed for a fault of the platform; its log says why.");
    }

    private void Record(ExecutionCalls execution, ICapability? capability, string name, string summary, string arguments, CallAnswer given, long arrived)
    {
        var elapsed = time.GetElapsedTime(arrived);
        var status = given.Code ?? "ok";
        BrokerMetrics.Called(capability?.Name ?? "unknown", status, elapsed);
        execution.Add(new CallRecord(
            capability?.Name ?? StoredName(name), execution.Mask.Apply(summary, wasCut: false), status, arguments.Length + (given.Value?.Length ?? 0), Math.Round(elapsed.TotalMilliseconds, 3),
            Math.Round(time.GetElapsedTime(execution.StartedTimestamp, arrived).TotalMilliseconds, 3)));
    }

    private static string StoredName(string name) => Database.StoredText.Encode(name) ?? "";
}
