namespace Sandbox.Protocol.Api;

/// <summary>A person who acts in a tenant.</summary>
public sealed record Member
{
    /// <summary>The person's; the same in each of its tenants.</summary>
    public required Guid Id { get; init; }

    /// <summary>In lower case.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }

    /// <summary>One of <see cref="Roles"/>, but no superadmin.</summary>
    public required string Role { get; init; }

    /// <summary>False until the person has used the one-time link.</summary>
    public bool HasPassword { get; init; }

    /// <summary>Whether the sign-in asks for a code of an authenticator app too.</summary>
    public bool Totp { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Fields of a new member.</summary>
public sealed record MemberWrite
{
    public string? Email { get; init; }
    public string? Name { get; init; }
    public string? Role { get; init; }
}

/// <summary>A change of a member.</summary>
public sealed record MemberChange
{
    public string? Role { get; init; }
}

/// <summary>A new member.</summary>
/// <param name="LinkCode">The code of the one-time link, where the person is new; it cannot be read again.</param>
public sealed record IssuedMember(Member Member, string? LinkCode);

/// <summary>The members of the tenant acted in. Every call asks for <see cref="Permissions.MembersManage"/>.</summary>
public interface IMembers
{
    /// <summary>Newest person first.</summary>
    Task<Result<Page<Member>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken);

    Task<Result<Member>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the person too, where there is none. 409 where the person is a member already, or has an account and the principal is no
    /// superadmin; 403 where the role has a permission that the principal lacks.
    /// </summary>
    Task<Result<IssuedMember>> CreateAsync(Principal principal, MemberWrite member, CancellationToken cancellationToken);

    /// <summary>409 where it would take the last admin's role; 403 where the role has a permission that the principal lacks.</summary>
    Task<Result<Member>> UpdateAsync(Principal principal, Guid id, MemberChange change, CancellationToken cancellationToken);

    /// <summary>Ends the membership, and the account of a person who is left without any. 409 for the last admin.</summary>
    Task<Result<bool>> RemoveAsync(Principal principal, Guid id, CancellationToken cancellationToken);

    /// <summary>
    /// Switches the person's two-step sign-in off. 409 where it is off, where it is the principal's own, and where the person
    /// belongs to other tenants too or is a superadmin and the principal is none.
    /// </summary>
    Task<Result<bool>> ResetTotpAsync(Principal principal, Guid id, CancellationToken cancellationToken);
}
