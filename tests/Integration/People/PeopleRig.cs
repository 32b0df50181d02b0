using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.People;

namespace Sandbox.Tests.Integration.People;

/// <summary>The product's own services of people, on a test's database.</summary>
internal static class PeopleRig
{
    public static PageSessions Sessions(Db db, ITokens tokens, TimeProvider time) => new(new SessionStore(db), tokens, People(db, time), time);

    public static PersonService People(Db db, TimeProvider time) => new(new PersonStore(db), new Passwords(), time);
}
