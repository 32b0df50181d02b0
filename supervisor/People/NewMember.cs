using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.People;

/// <summary>Answer of <c>POST /members</c>: the member and, this once, the link of a new person.</summary>
internal sealed record NewMember(Guid Id, string Email, string Name, string Role, bool HasPassword, DateTimeOffset CreatedAt, string? Link)
{
    public static NewMember Of(IssuedMember issued, string origin)
    {
        var member = issued.Member;
        var link = issued.LinkCode is { } code ? $"{origin}/welcome/{code}" : null;
        return new NewMember(member.Id, member.Email, member.Name, member.Role, member.HasPassword, member.CreatedAt, link);
    }
}
