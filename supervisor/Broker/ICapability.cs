using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Broker;

/// <summary>
/// One thing that a script may ask of the supervisor. Stateless: all that belongs to an execution is in the call. What the script did wrong is
/// a <see cref="CallRefusedException"/>; any other exception is a fault of ours and reaches the script without its words.
/// </summary>
internal interface ICapability
{
    /// <summary>As the worker names it, for example <c>cache.get</c>.</summary>
    string Name { get; }

    /// <summary>Whose rate it counts against.</summary>
    CallGroup Group { get; }

    /// <summary>It may change something outside the execution, which is then not run again when its worker falls.</summary>
    bool Changes { get; }

    /// <summary>It does much before it first waits, so that it may not begin on a pipe's reading thread.</summary>
    bool BeginsSlowly => false;

    /// <summary>The right that a version must have for this call, from checked arguments. Null: none. The broker asks before it calls.</summary>
    Use? Needs(BrokerCall call) => null;

    /// <summary>What it did, for the call log, from checked arguments: no value of a secret, no payload.</summary>
    /// <returns>JSON text of the value; null: <c>undefined</c>.</returns>
    ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken);

    /// <summary>The same in a dry run: it changes nothing and calls nobody, or refuses.</summary>
    ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken) =>
        Changes ? throw call.Refused(Codes.NotAllowed, "a dry run cannot keep it from happening, so it is not done") : CallAsync(call, cancellationToken);
}
