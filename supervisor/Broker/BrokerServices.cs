namespace Sandbox.Supervisor.Broker;

/// <summary>Composition of this folder. Features add their capabilities as <see cref="ICapability"/>.</summary>
internal static class BrokerServices
{
    public static IServiceCollection AddBroker(this IServiceCollection services)
    {
        services.AddSingleton<BrokerLog>();
        services.AddSingleton<CallRates>();
        services.AddSingleton(new HeldArguments());
        services.AddSingleton<CallBroker>();
        services.AddSingleton<ICapability, ScriptsInvoke>();
        return services;
    }
}
