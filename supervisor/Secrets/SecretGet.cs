using Sandbox.Protocol.Api;
using Sandbox.Protocol.Text;
using Sandbox.Supervisor.Broker;
using Sandbox.Supervisor.Uses;

namespace Sandbox.Supervisor.Secrets;

/// <summary><c>sdk.secrets.get(name)</c>.</summary>
internal sealed class SecretGet(SecretValues values) : ICapability
{
    public string Name => "secrets.get";

    public CallGroup Group => CallGroup.None;

    public bool Changes => false;

    public Use? Needs(BrokerCall call) => new Use(UseKind.Secret, NameOf(call));

    public async ValueTask<string?> CallAsync(BrokerCall call, CancellationToken cancellationToken)
    {
        var name = NameOf(call);
        if (await values.GetAsync(call.TenantId, name, cancellationToken) is not { } value)
            throw call.Refused(Codes.NotFound, $"there is no secret '{name}'; make it with PUT /api/v1/secrets/{name}");
        if (!call.Execution.Mask.Add(value))
        {
            throw call.Refused(
                Codes.QuotaExceeded,
                $"an execution is given at most {SecretMask.ValuesMax} different secrets of {SecretMask.CharactersMax} characters in all");
        }

        return JsonText.Encode(value);
    }

    private static string NameOf(BrokerCall call) => call.Summary = call.Text(0, "name", SecretRules.NameMax);
}
