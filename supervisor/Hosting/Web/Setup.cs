using Sandbox.Protocol.Api;
using Sandbox.Supervisor.People;
using Sandbox.Supervisor.Tenants;

namespace Sandbox.Supervisor.Hosting.Web;

/// <summary>Turns the set-up link into a superadmin's account or token.</summary>
internal sealed class Setup(SetupLink link, TokenService tokens, PersonService people) : ISetup
{
    private static readonly Problem s_gone = new(410, Codes.NotFound, "This link is not valid, or was used before.");

    public bool IsOpen(string code) => link.IsOpen(code);

    public async Task<string?> UseAsync(string code, CancellationToken cancellationToken)
    {
        if (!link.Use(code)) return null;
        var (_, value) = await tokens.IssueAsync(null, "set-up link", [], null, cancellationToken);
        return value;
    }

    public async Task<Problem?> CreateAccountAsync(string code, string email, string name, string password, CancellationToken cancellationToken)
    {
        if (!link.IsOpen(code)) return s_gone;
        if (await people.RefusalAsync(email, name, password, cancellationToken) is { } refused) return refused;
        return link.Use(code) ? (await people.CreateSuperadminAsync(email, name, password, cancellationToken)).Problem : s_gone;
    }
}
