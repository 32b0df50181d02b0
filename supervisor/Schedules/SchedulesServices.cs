using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Queue;

namespace Sandbox.Supervisor.Schedules;

/// <summary>Composition of this folder.</summary>
internal static class SchedulesServices
{
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.AddSingleton<ScheduleTickStore>();
        services.AddSingleton<OccurrenceStore>();
        services.AddSingleton<ScheduleRounds>();
        services.AddSingleton<PastOccurrences>();
        services.AddSingleton<ISchedules, ScheduleService>();
        services.AddSingleton<IQueueOrigin, OccurrenceOrigin>();
        services.AddHostedService<Scheduler>();
        services.AddHostedService<OccurrenceSweeper>();
        return services;
    }
}
