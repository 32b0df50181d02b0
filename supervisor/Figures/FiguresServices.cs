using Sandbox.Protocol.Api;

namespace Sandbox.Supervisor.Figures;

/// <summary>Composition of this folder. The history marks the hours that it stores executions of.</summary>
internal static class FiguresServices
{
    public static IServiceCollection AddFigures(this IServiceCollection services)
    {
        services.AddSingleton<HourFoldStore>();
        services.AddSingleton<FigureStore>();
        services.AddSingleton<LiveHours>();
        services.AddSingleton<OverviewStore>();
        services.AddSingleton<IOverview, OverviewService>();
        services.AddHostedService<HourFolder>();
        return services;
    }
}
