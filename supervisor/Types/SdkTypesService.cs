using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Entities;

namespace Sandbox.Supervisor.Types;

/// <summary>The declarations for those who may read scripts.</summary>
internal sealed class SdkTypesService(IEntityCatalog catalog) : ISdkTypes
{
    public async Task<Result<string>> GetAsync(Principal principal, CancellationToken cancellationToken)
    {
        var entered = principal.Enter(Permissions.ScriptsRead);
        return entered.Problem is { } refused ? refused : Declarations.Of(await catalog.ListAsync(entered.Value, cancellationToken));
    }
}
