using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.People;

namespace Sandbox.Tests.Integration.People;

/// <summary>The product's own services of people, on a test's database.</summary>
internal static class PeopleRig
{
    public static PageSessions Sessions(Db db, ITokens tokens, TimeProvider time) => new(new SessionStore(db), tokens, People(db, time), time);

    /// <summary>Of a password's hash: what is tested is not its strength, and sixty strong ones take half a minute.</summary>
    private const int Iterations = 1_000;

    public static PersonService People(Db db, TimeProvider time) => new(new PersonStore(db), new Passwords(Iterations), time);
}
