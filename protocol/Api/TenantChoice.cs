namespace Sandbox.Protocol.Api;

/// <summary>A tenant that a page's reader may act in.</summary>
/// <param name="Slug">As addresses name it.</param>
/// <param name="Name">As people name it.</param>
/// <param name="Granted">The reader's permissions there.</param>
public sealed record TenantChoice(string Slug, string Name, IReadOnlySet<string> Granted);
