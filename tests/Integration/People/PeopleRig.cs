using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Audit;
using Sandbox.Supervisor.Database;
using Sandbox.Supervisor.People;

namespace Sandbox.Tests.Integration.People;

/// <summary>The product's own services of people, on a test's database.</summary>
internal static class PeopleRig
{
    public static PageSessions Sessions(Db db, ITokens tokens, TimeProvider time) =>
        new(new SessionStore(db), tokens, People(db, time), Second(db, time), Trail(db, time), time);

    /// <summary>Of a password's hash: what is tested is not its strength, and sixty strong ones take half a minute.</summary>
    private const int Iterations = 1_000;

    private static SecondStep Second(Db db, TimeProvider time)
    {
        var people = new PersonStore(db);
        var factor = new SecondFactor(new TotpStore(db), new TotpCipher(new EphemeralDataProtectionProvider()), time);
        return new SecondStep(new SignInTickets(new TicketStore(db), time), factor, new Guesses(people, time), Trail(db, time), people);
    }

    private static SignInTrail Trail(Db db, TimeProvider time) => new(
        new AuditTrail(new AuditStore(db), new AuditBound(time), time, NullLogger<AuditTrail>.Instance), new SessionStore(db), time);

    public static PersonService People(Db db, TimeProvider time) => new(new PersonStore(db), new Passwords(Iterations), time);
}
