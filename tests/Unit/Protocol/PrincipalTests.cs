using Sandbox.Protocol.Api;
using Shouldly;
using Xunit;

namespace Sandbox.Tests.Unit.Protocol;

public sealed class PrincipalTests
{
    [Theory]
    [InlineData(PrincipalKind.Token, "the token 'eve'")]
    [InlineData(PrincipalKind.Member, "the member 'eve'")]
    public void A_refusal_names_the_permission_and_who_lacks_it(PrincipalKind kind, string who)
    {
        var problem = Of(kind, Permissions.ScriptsRead).Refusal(Permissions.ScriptsDelete).ShouldNotBeNull();

        (problem.Status, problem.Code).ShouldBe((403, Codes.NotAllowed));
        problem.Detail.ShouldBe($"This needs the permission scripts.delete, which {who} lacks.");
    }

    [Theory]
    [InlineData(PrincipalKind.Token, "the token 'eve'")]
    [InlineData(PrincipalKind.Member, "the member 'eve'")]
    public void A_superadmins_call_is_refused_to_whoever_is_none(PrincipalKind kind, string who)
    {
        var problem = Of(kind, [.. Permissions.All]).SuperadminRefusal().ShouldNotBeNull();

        (problem.Status, problem.Code).ShouldBe((403, Codes.NotAllowed));
        problem.Detail.ShouldBe($"This needs a superadmin, which {who} is not.");
    }

    [Fact]
    public void A_granted_permission_is_not_refused() =>
        Of(PrincipalKind.Token, Permissions.ScriptsRead).Refusal(Permissions.ScriptsRead).ShouldBeNull();

    [Fact]
    public void The_product_itself_may_do_everything()
    {
        var system = Principal.System("demo", tenantId: null);

        Permissions.All.Where(permission => !system.May(permission)).ShouldBeEmpty();
        system.SuperadminRefusal().ShouldBeNull();
    }

    [Fact]
    public void Whoever_lacks_the_permission_and_named_no_tenant_is_told_of_the_permission()
    {
        var nowhere = Of(PrincipalKind.Member) with { TenantId = null };

        nowhere.Enter(Permissions.ScriptsRead).Problem.ShouldNotBeNull().Status.ShouldBe(403);
        (nowhere with { Superadmin = true }).Enter(Permissions.ScriptsRead).Problem.ShouldNotBeNull().Status.ShouldBe(400);
    }

    [Fact]
    public void A_permitted_principal_enters_its_own_tenant()
    {
        var principal = Of(PrincipalKind.Member, Permissions.ScriptsRead);

        principal.Enter(Permissions.ScriptsRead).Value.ShouldBe(principal.TenantId!.Value);
    }

    [Theory]
    [InlineData("superadmin", 16, "")]
    [InlineData("admin", 16, "")]
    [InlineData("developer", 9, "scripts.delete events.publish secrets.manage tokens.manage members.manage settings.manage audit.read")]
    [InlineData("operator", 5, "scripts.create scripts.update scripts.delete scripts.publish deadletters.manage")]
    [InlineData("viewer", 2, "scripts.execute executions.cancel executions.replay audit.read")]
    public void A_role_has_the_permissions_of_the_contract(string role, int count, string lacks)
    {
        var granted = Roles.All[role];

        granted.Count.ShouldBe(count);
        granted.Except(Permissions.All).ShouldBeEmpty();
        granted.Intersect(lacks.Split(' ')).ShouldBeEmpty();
    }

    [Fact]
    public void There_are_five_roles() =>
        Roles.All.Keys.Order(StringComparer.Ordinal).ShouldBe(["admin", "developer", "operator", "superadmin", "viewer"]);

    private static Principal Of(PrincipalKind kind, params string[] permissions) =>
        new(kind, Guid.NewGuid(), "eve", Guid.NewGuid(), Superadmin: false, permissions.ToHashSet(StringComparer.Ordinal));
}
