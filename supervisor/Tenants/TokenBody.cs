using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Tenants;

/// <summary>Body of <c>POST /tokens</c>.</summary>
internal sealed record TokenBody
{
    public string? Name { get; init; }
    public IReadOnlyList<string>? Permissions { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

}

/// <summary>Answer of <c>POST /tokens</c>: the record and, this once, the value.</summary>
internal sealed record NewToken(Guid Id, Guid? TenantId, string Name, IReadOnlyList<string> Permissions, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, string Token)
{
    public static NewToken Of(IssuedToken issued)
    {
        var token = issued.Token;
        return new NewToken(token.Id, token.TenantId, token.Name, token.Permissions, token.ExpiresAt, token.CreatedAt, issued.Value);
    }
}
