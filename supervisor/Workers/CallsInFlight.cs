using Sandbox.Protocol.Rpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>The unanswered calls of one invocation, by number and size.</summary>
internal sealed class CallsInFlight
{
    private readonly Lock _gate = new();
    private int _calls;
    private long _characters;

    /// <summary>False where a worker of ours would have kept the call back.</summary>
    public bool TryBegin(int characters)
    {
        lock (_gate)
        {
            if (_calls >= RpcProtocol.CallsInFlightMax || _characters + characters > RpcProtocol.CallCharactersMax) return false;
            _calls++;
            _characters += characters;
            return true;
        }
    }

    public void End(int characters)
    {
        lock (_gate)
        {
            _calls--;
            _characters -= characters;
        }
    }
}
