namespace Sandbox.Supervisor.Changes;

/// <summary>Composition of this folder. Subscribers register themselves beside their own services.</summary>
internal static class ChangesServices
{
    public static IServiceCollection AddChangesFeed(this IServiceCollection services)
    {
        services.AddSingleton<ChangeStore>();
        services.AddSingleton<ChangesFeed>();
        return services;
    }

    /// <summary>The same instance that others ask for by its own type.</summary>
    public static IServiceCollection AddChangeSubscriber<T>(this IServiceCollection services) where T : class, IChangeSubscriber =>
        services.AddSingleton<IChangeSubscriber>(provider => provider.GetRequiredService<T>());
}
