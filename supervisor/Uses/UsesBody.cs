namespace Sandbox.Supervisor.Uses;

/// <summary>The JSON of a script's <c>uses</c>.</summary>
internal sealed record UsesBody
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Entities { get; init; }
    public IReadOnlyList<string>? Hosts { get; init; }
    public IReadOnlyList<string>? Secrets { get; init; }
    public IReadOnlyList<string>? Connections { get; init; }
    public IReadOnlyList<string>? Events { get; init; }
    public bool? Email { get; init; }
    public IReadOnlyList<string>? Scripts { get; init; }
}
