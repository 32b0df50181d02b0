using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>Adds a connection's credential to a request of one hop; called for each hop anew.</summary>
internal interface IHopCredential
{
    /// <summary>Leaves the request as it is where the hop's host is not on the connection's list, or not called over https.</summary>
    /// <exception cref="EgressRefusedException">The credential cannot be had now.</exception>
    ValueTask ApplyAsync(HttpRequestMessage request, UrlHost host, CancellationToken cancellationToken);

    /// <summary>After a 401: true where the same request is sent once more, for the credential that was added is got anew.</summary>
    bool TryRenew();
}
