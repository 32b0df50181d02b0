namespace Sandbox.Protocol.Api;

/// <summary>The tenant that a page's reader acts in. The supervisor puts it among the request's features beside the <see cref="Principal"/>.</summary>
/// <param name="Slug">As addresses name it.</param>
/// <param name="Name">As people name it.</param>
/// <param name="IsNamed">The address named it, so that links have to name it too.</param>
public sealed record ActingTenant(string Slug, string Name, bool IsNamed);
