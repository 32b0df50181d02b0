namespace Sandbox.Supervisor.Changes;

/// <summary>
/// Something that is kept in memory. The feed calls one method at a time and is the only one that puts anything in, so that what is
/// read during a call is never older than what an earlier call left.
/// </summary>
internal interface IChangeSubscriber
{
    /// <summary>Reads these items again, or drops them. Each is named once; kinds that do not concern the subscriber are among them.</summary>
    Task ApplyAsync(IReadOnlyCollection<Change> changes, CancellationToken cancellationToken);

    /// <summary>Reads or drops everything: at the start, and where changes may have been missed.</summary>
    Task ReloadAsync(CancellationToken cancellationToken);
}
