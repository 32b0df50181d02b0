using Sandbox.Supervisor.Broker;

namespace Sandbox.Supervisor.Egress;

/// <summary>Credentials of connections, by name.</summary>
internal interface IConnectionCredentials
{
    /// <summary>The credential for one request; all that it holds is masked in the execution from now on.</summary>
    /// <param name="url">Where the request goes first.</param>
    /// <exception cref="CallRefusedException">There is no such connection, or it is not for that URL.</exception>
    ValueTask<IHopCredential> OfAsync(BrokerCall call, string name, Uri url, CancellationToken cancellationToken);
}
