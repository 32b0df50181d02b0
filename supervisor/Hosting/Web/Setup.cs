using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>Turns the set-up link into a superadmin's token.</summary>
internal sealed class Setup(SetupLink link, TokenService tokens) : ISetup
{
    public bool IsOpen(string code) => link.IsOpen(code);

    public async Task<string?> UseAsync(string code, CancellationToken cancellationToken)
    {
        if (!link.Use(code)) return null;
        var (_, value) = await tokens.IssueAsync(null, "set-up link", [], null, cancellationToken);
        return value;
    }
}
