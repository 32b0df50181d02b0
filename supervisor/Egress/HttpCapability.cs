using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Rest;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Egress;

/// <summary>A request over HTTP: <c>(method, url, options)</c>.</summary>
internal abstract class HttpCapability(string name, HttpExchange exchange, EffectiveUses uses, IConnectionCredentials connections) : ICapability
{
    public string Name { get; } = name;

    public CallGroup Group => CallGroup.Outside;

    public abstract bool Changes { get; }

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var request = OutgoingRequest.Read(call);
        if (request.IsRead == Changes) throw call.Invalid($"method is not one of {Name}");
        call.Summary = $"{request.Method} {request.Url.Authority}";
        var credential = await CredentialAsync(call, request, cancellationToken);
        var answer = await exchange.RunAsync(call, request, host => Refusal(call, host), credential, cancellationToken);
        call.Summary = $"{request.Method} {request.Url.Authority} {answer.Status}";
        return answer.Json;
    }

    /// <summary>Checked as far as it can be without asking anyone, written down, and answered by a stub.</summary>
    public async ValueTask<string?> DryRunAsync(BrokerCall call, DryRun dryRun, CancellationToken cancellationToken)
    {
        var request = OutgoingRequest.Read(call);
        if (request.IsRead == Changes) throw call.Invalid($"method is not one of {Name}");
        call.Summary = $"{request.Method} {request.Url.Authority}";
        var host = UrlHost.Parse(request.Url.Host) ?? throw call.Invalid("url has no host that can be called");
        if (Refusal(call, host) is { } refusal) throw refusal;
        if (new EgressPolicy(call.TenantId, call.Execution.Request.Tenant.Egress).Refusal(host, request.Url.Port, EgressPorts.IsWeb) is { } blocked) throw call.Refused(Codes.EgressBlocked, blocked);
        _ = await CredentialAsync(call, request, cancellationToken);
        var (answer, record) = DryRunAnswers.Of(Name, request, dryRun.Stubs);
        dryRun.AddCall(call.Execution.Mask.ApplyToJson(record));
        return answer;
    }

    private async ValueTask<IHopCredential?> CredentialAsync(BrokerCall call, OutgoingRequest request, CancellationToken cancellationToken)
    {
        if (request.Connection is not { } connection) return null;
        if (Refusal(call, new Use(UseKind.Connection, connection)) is { } refusal) throw refusal;
        return await connections.OfAsync(call, connection, request.Url, cancellationToken);
    }

    /// <summary>Of the version, for each host that is called, redirects included: a connection opens none.</summary>
    private CallRefusedException? Refusal(BrokerCall call, UrlHost host) => Refusal(call, new Use(UseKind.Host, host.Name));

    private CallRefusedException? Refusal(BrokerCall call, Use needed)
    {
        var allowed = uses.Of(call.Execution.Request.Script);
        return allowed.Allows(needed) ? null : call.Refused(Codes.NotAllowed, $"this version of the script may not {needed.Words}; declare {allowed.Remedy(needed)}");
    }
}
