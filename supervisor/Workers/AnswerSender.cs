using Sandbox.Protocol.Rpc;
using StreamJsonRpc;

namespace Sandbox.Supervisor.Workers;

/// <summary>Sends the broker's answers to one worker, and keeps in bounds what waits in this process until it takes them.</summary>
internal sealed class AnswerSender(Action<string> misbehaves)
{
    /// <summary>Characters that wait. A worker of ours takes them at once, whatever its scripts do.</summary>
    private const long UnsentMax = 64L * 1024 * 1024;

    private const int EnvelopeCharacters = 200;
    private long _unsent;

    /// <summary>Where the pipe is over there is nobody to have it.</summary>
    public void Send(JsonRpc rpc, long invocation, int call, CallAnswer answer)
    {
        var characters = (answer.Value?.Length ?? 0) + EnvelopeCharacters;
        if (Interlocked.Add(ref _unsent, characters) > UnsentMax) misbehaves("it asks and does not take the answers");
        else _ = SendAsync(rpc, invocation, call, answer, characters);
    }

    private async Task SendAsync(JsonRpc rpc, long invocation, int call, CallAnswer answer, int characters)
    {
        try
        {
            await rpc.NotifyAsync("answer", invocation, call, answer);
        }
        catch (Exception e) when (e is ConnectionLostException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            // Nobody is there any more.
        }
        finally
        {
            Interlocked.Add(ref _unsent, -characters);
        }
    }
}
