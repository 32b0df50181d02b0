using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Egress;

/// <summary><c>sdk.http</c> and <c>fetch</c>, by GET and HEAD.</summary>
internal sealed class HttpRead(HttpExchange exchange, EffectiveUses uses, IConnectionCredentials connections)
    : HttpCapability("http.read", exchange, uses, connections)
{
    public override bool Changes => false;
}

/// <summary><c>sdk.http</c> and <c>fetch</c>, by all other methods.</summary>
internal sealed class HttpSend(HttpExchange exchange, EffectiveUses uses, IConnectionCredentials connections)
    : HttpCapability("http.send", exchange, uses, connections)
{
    public override bool Changes => true;
}
