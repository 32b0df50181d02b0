using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.People;

/// <summary>Composition of this folder.</summary>
internal static class PeopleServices
{
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddSingleton<PersonStore>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton(_ => new Passwords());
        services.AddSingleton<PersonService>();
        services.AddSingleton<Guesses>();
        services.AddSingleton<TotpStore>();
        services.AddSingleton<TotpCipher>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<TicketStore>();
        services.AddSingleton<SignInTickets>();
        services.AddSingleton<SecondStep>();
        services.AddSingleton<SignInTrail>();
        services.AddSingleton<ITwoStep, TwoStepService>();
        services.AddSingleton<IPageSessions, PageSessions>();
        services.AddSingleton<IWelcome, Welcome>();
        services.AddSingleton<MemberStore>();
        services.AddSingleton<IMembers, MemberService>();
        services.AddSingleton<IAccounts, AccountService>();
        return services;
    }
}
