using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Sandbox.Worker.Rpc;

/// <summary>The connection to the supervisor. Nothing of an exception crosses it: no message, no type, no stack.</summary>
internal sealed class WorkerRpc : JsonRpc
{
    public WorkerRpc(IJsonRpcMessageHandler handler)
        : base(handler)
    {
        SynchronizationContext = new InlineContext();
        CancelLocallyInvokedMethodsWhenConnectionIsClosed = false;
    }

    protected override JsonRpcError.ErrorDetail CreateErrorDetails(JsonRpcRequest request, Exception exception)
    {
        Console.Error.WriteLine($"{request.Method}: {exception}");
        return new JsonRpcError.ErrorDetail { Code = JsonRpcErrorCode.InvocationError, Message = "The worker failed; its log has the reason.", Data = null };
    }
}
