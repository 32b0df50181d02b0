using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Members of tenants: rules before the store.</summary>
internal sealed class MemberService(MemberStore store, TimeProvider time) : IMembers
{
    private static readonly string[] s_roles = [Roles.Admin, Roles.Developer, Roles.Operator, Roles.Viewer];

    public async Task<Result<Page<Member>>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        return tenant.Problem is { } refused ? refused : await store.ListAsync(tenant.Value, page, cancellationToken);
    }

    public async Task<Result<Member>> GetAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        if (tenant.Problem is { } refused) return refused;
        return await store.GetAsync(tenant.Value, id, cancellationToken) is { } member ? member : Missing(id);
    }

    public async Task<Result<IssuedMember>> CreateAsync(Principal principal, MemberWrite member, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        if (tenant.Problem is { } refused) return refused;
        var (email, name) = (PersonRules.Normal(member.Email ?? ""), member.Name ?? "");
        if ((PersonRules.Refusal(email, name, password: null) ?? RoleRefusal(principal, member.Role)) is { } problem) return problem;
        var (now, code) = (time.GetUtcNow(), LinkCode.New());
        var made = new Member { Id = Guid.CreateVersion7(now), Email = email, Name = name, Role = member.Role!, CreatedAt = now };
        var link = new NewLink(LinkCode.HashOf(code), now + LinkCode.Life);
        var stored = await store.CreateAsync(tenant.Value, made, link, mayAddKnown: principal.Superadmin, cancellationToken);
        if (stored.Problem is { } taken) return taken;
        return new IssuedMember(stored.Value!, stored.Value!.Id == made.Id ? code : null);
    }

    public async Task<Result<Member>> UpdateAsync(Principal principal, Guid id, MemberChange change, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        if (tenant.Problem is { } refused) return refused;
        if (RoleRefusal(principal, change.Role) is { } problem) return problem;
        return await store.SetRoleAsync(tenant.Value, id, change.Role!, cancellationToken);
    }

    public async Task<Result<bool>> RemoveAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        return tenant.Problem is { } refused ? refused : await store.RemoveAsync(tenant.Value, id, cancellationToken);
    }

    public async Task<Result<bool>> ResetTotpAsync(Principal principal, Guid id, CancellationToken cancellationToken)
    {
        var tenant = principal.Enter(Permissions.MembersManage);
        if (tenant.Problem is { } refused) return refused;
        // Whoever found an open browser of an admin must not get round the password and the code.
        if (principal.Kind == PrincipalKind.Member && principal.Id == id)
            return new Problem(409, Codes.Conflict, "This is your own account. Switch its two-step sign-in off at /account.");
        return await store.ResetTotpAsync(tenant.Value, id, mayAny: principal.Superadmin, cancellationToken);
    }

    internal static Problem Missing(Guid id) => Problem.NotFound($"There is no member {id}.");

    /// <summary>Nobody gives what he lacks himself.</summary>
    private static Problem? RoleRefusal(Principal principal, string? role)
    {
        if (role is null || !s_roles.Contains(role)) return Problem.Invalid(new FieldError("role", $"must be one of {string.Join(", ", s_roles)}"));
        return Roles.All[role].FirstOrDefault(permission => !principal.May(permission)) is { } lacking
            ? new Problem(403, Codes.NotAllowed, $"The role {role} has {lacking}, which {principal.Described} itself lacks.")
            : null;
    }
}
