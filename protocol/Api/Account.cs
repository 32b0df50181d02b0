using System.Text.Json.Serialization;
using Sandbox.Protocol.Text;

namespace Sandbox.Protocol.Api;

/// <summary>A person's own account.</summary>
/// <param name="Email">In lower case.</param>
public sealed record Account(
    Guid Id,
    string Email,
    [property: JsonConverter(typeof(LosslessStringConverter))] string Name)
{
    /// <summary>Whether the sign-in asks for a code of an authenticator app too.</summary>
    public bool Totp => TotpSince is not null;

    /// <summary>When that was switched on; null: it is off.</summary>
    public DateTimeOffset? TotpSince { get; init; }

    /// <summary>Recovery codes that were not used yet.</summary>
    public int RecoveryCodesLeft { get; init; }
}

/// <summary>A browser that is signed in.</summary>
public sealed record OwnSession
{
    public required Guid Id { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>What the browser says of itself, at most 300 characters.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The address that signed in.</summary>
    public string? Ip { get; init; }

    /// <summary>Whether the request that asks belongs to it.</summary>
    public bool Current { get; init; }
}

/// <summary>A change of the own password.</summary>
public sealed record PasswordChange
{
    public string? Current { get; init; }
    public string? Password { get; init; }
}

/// <summary>What concerns the principal itself. It needs no permission.</summary>
public interface IAccounts
{
    /// <summary>404 for a token, which has no account.</summary>
    Task<Result<Account>> GetAsync(Principal principal, CancellationToken cancellationToken);

    /// <summary>The principal's own sessions that hold, newest first.</summary>
    /// <param name="current">The session that asks; null: none.</param>
    Task<Result<Page<OwnSession>>> SessionsAsync(
        Principal principal, SignedInBy? current, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Ends one of the principal's own sessions. 404 where there is none, or it is of another.</summary>
    Task<Result<bool>> EndSessionAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Ends all other sessions too. 422 names <c>current</c> or <c>password</c>; 429 after too many wrong ones, as at the sign-in; 404 for a
    /// token.
    /// </summary>
    /// <param name="current">The session that goes on; null: none does.</param>
    Task<Result<bool>> ChangePasswordAsync(
        Principal principal, SignedInBy? current, PasswordChange change, CancellationToken cancellationToken);
}
