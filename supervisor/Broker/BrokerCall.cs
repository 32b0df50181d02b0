using System.Text.Json;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Broker;

/// <summary>One call with its arguments, which are a script's: each is read by a method that says what it must be.</summary>
internal sealed class BrokerCall(CallScope scope, ICapability capability, JsonElement arguments)
{
    public CallScope Scope { get; } = scope;

    public ExecutionCalls Execution => Scope.Execution;

    /// <summary>Where the execution must change nothing and call nobody.</summary>
    public DryRun? DryRun => Execution.Request.DryRun;

    public Guid TenantId => Execution.Request.Tenant.Id;

    public Guid ScriptId => Execution.Request.Script.Id;

    /// <summary>What it is about, for the call log: set by the capability from checked arguments.</summary>
    public string Summary { get; set; } = "";

    /// <summary>Rows that the call gave or changed, for <c>sdk.usage</c>.</summary>
    public void Count(int rows)
    {
        Rows += rows;
        Execution.CountRows(rows);
    }

    public int Rows { get; private set; }

    /// <summary>An argument; undefined where it was not given, which JSON writes as null.</summary>
    public JsonElement? Argument(int index) =>
        arguments.GetArrayLength() > index && arguments[index] is { ValueKind: not JsonValueKind.Null } given ? given : null;

    /// <summary>Whatever was given, null included.</summary>
    public string Json(int index) => arguments.GetArrayLength() > index ? arguments[index].GetRawText() : "null";

    /// <summary>A string of 1 to so many characters that a database can store.</summary>
    public string Text(int index, string name, int charactersMax)
    {
        if (Argument(index) is not { ValueKind: JsonValueKind.String } given || JsonText.Decode(given.GetRawText()) is not { Length: > 0 } text) throw Invalid($"{name} must be a string that is not empty");
        if (text.Length > charactersMax) throw Invalid($"{name} has {text.Length} characters; at most {charactersMax} are allowed");
        return Rest.Text.IsStorable(text) ? text : throw Invalid($"{name} must not hold NUL or lone surrogates");
    }

    /// <summary>A whole number within a range; null where none was given.</summary>
    public long? Whole(int index, string name, long least, long most)
    {
        if (Argument(index) is not { } given) return null;
        if (given.ValueKind != JsonValueKind.Number || !WholeNumbers.TryRead(given, out var number)) throw Invalid($"{name} must be a whole number");
        return number >= least && number <= most ? number : throw Invalid($"{name} must be from {least} to {most}");
    }

    /// <summary>The code <c>INVALID_ARGUMENT</c>, with the call's name.</summary>
    public CallRefusedException Invalid(string complaint) => new(Codes.InvalidArgument, $"sdk.{capability.Name}: {complaint}");

    public CallRefusedException Refused(string code, string complaint) => new(code, $"sdk.{capability.Name}: {complaint}");
}
