using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Rest;

/// <summary>A kind of thing that requests change, and what the audit keeps of it.</summary>
/// <param name="Kind">A noun.</param>
internal sealed record AuditSubject(string Kind)
{
    /// <summary>The route value that names one. Null: there is one per tenant.</summary>
    public string? Route { get; init; }

    /// <summary>The field with its name in its JSON.</summary>
    public string NameField { get; init; } = "name";

    /// <summary>
    /// The fields of its JSON that are kept. No other is, so a secret that is added to an answer cannot reach the audit.
    /// </summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The fields of a request's body that are kept beside these.</summary>
    public IReadOnlyList<string> Asked { get; init; } = [];

    /// <summary>The fields of a request's body of which only "set" is kept.</summary>
    public IReadOnlyList<string> WriteOnly { get; init; } = [];

    /// <summary>Fields, as JSON, that a success sets and its answer does not show: the answer is another thing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Becomes { get; init; } = [];

    /// <summary>The JSON of the one that the route names; null where there is none.</summary>
    public Func<HttpContext, Principal, Task<byte[]?>>? Read { get; init; }

    /// <summary>Reads it by its own service, so that before and after have the same form.</summary>
    public static Func<HttpContext, Principal, Task<byte[]?>> By<T>(
        Func<HttpContext, Principal, Task<Result<T>>> get, JsonTypeInfo<T> type) =>
        async (context, principal) => (await get(context, principal)).Value is { } found
            ? JsonSerializer.SerializeToUtf8Bytes(found, type)
            : null;
}
