namespace Sandbox.Protocol.Api;

/// <summary>
/// What a tenant's scripts find, as TypeScript declarations. It asks for <see cref="Permissions.ScriptsRead"/>: whoever may read scripts
/// sees the names of entities and fields in them.
/// </summary>
public interface ISdkTypes
{
    /// <summary>The declarations of the sdk, with the calls of <c>sdk.db</c> by the tenant's own entities.</summary>
    Task<Result<string>> GetAsync(Principal principal, CancellationToken cancellationToken);
}
