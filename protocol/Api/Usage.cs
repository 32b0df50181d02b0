namespace Sandbox.Protocol.Api;

/// <summary>
/// What a tenant used on a UTC day: the sums of the executions that were made on it and have ended. A day without any has no entry.
/// </summary>
/// <param name="Day">The day.</param>
/// <param name="Executions">All that ended, except those that a quota refused.</param>
/// <param name="Failures">Of these, failed or timed out.</param>
/// <param name="CpuMs">CPU time of the scripts.</param>
/// <param name="DurationMs">Wall clock time of the scripts.</param>
/// <param name="Calls">Broker calls.</param>
/// <param name="CallBytes">Arguments and answers of the calls that the call logs have.</param>
public sealed record UsageDay(DateOnly Day, long Executions, long Failures, double CpuMs, double DurationMs, long Calls, long CallBytes);

/// <summary>Which days to list, both included; null: any.</summary>
public sealed record UsageFilter(DateOnly? From = null, DateOnly? To = null);

/// <summary>
/// The usage of a tenant. It asks for <see cref="Permissions.ExecutionsRead"/>: whoever may list the executions could add them up himself.
/// </summary>
public interface IUsage
{
    /// <summary>The newest day first.</summary>
    Task<Result<Page<UsageDay>>> ListAsync(Principal principal, UsageFilter filter, PageRequest page, CancellationToken cancellationToken);
}
