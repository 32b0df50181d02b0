using System.Text.Json.Serialization;
using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;

namespace Sandbox.Supervisor.Alerts;

/// <summary>A message as a webhook gets it; e-mails and Slack's texts are written from it, too.</summary>
/// <param name="Type"><c>alert</c>, or <c>test</c>.</param>
/// <param name="Count">What happened since the message before.</param>
/// <param name="More">Alerts that are left out.</param>
internal sealed record AlertBody(
    string Type,
    Guid Id,
    string Tenant,
    string Rule,
    DateTimeOffset CreatedAt,
    string Summary,
    long Count,
    IReadOnlyList<AlertBody.Item> Alerts,
    int More)
{
    /// <param name="New">Of <paramref name="Count"/>, since the message before.</param>
    /// <param name="Text">In words.</param>
    internal sealed record Item(
        Guid Id,
        AlertCondition Condition,
        AlertState State,
        Guid ScriptId,
        string ScriptName,
        long Count,
        long New,
        DateTimeOffset FirstAt,
        DateTimeOffset LastAt,
        Guid? ExecutionId,
        string? Code,
        [property: JsonConverter(typeof(LosslessStringConverter))] string? Message,
        [property: JsonConverter(typeof(LosslessStringConverter))] string Text);
}
