using MessagePack;
using MessagePack.Resolvers;
using StreamJsonRpc;

namespace Sandbox.Protocol.Rpc;

/// <summary>The one formatter of the pipe: MessagePack, typed contracts only, settings for untrusted data (no type names, bounded nesting, keyed hashing).</summary>
public static class RpcFormatter
{
    public static IJsonRpcMessageFormatter Create()
    {
        var formatter = new MessagePackFormatter();
        formatter.SetMessagePackSerializerOptions(
            MessagePackSerializerOptions.Standard
                .WithResolver(StandardResolver.Instance)
                .WithSecurity(MessagePackSecurity.UntrustedData));
        return formatter;
    }
}
