using MessagePack;
using MessagePack.Resolvers;
using StreamJsonRpc;

namespace Sandbox.Protocol.Rpc;

/// <summary>The one formatter of the pipe: MessagePack, typed contracts only, settings for untrusted data (no type names, bounded nesting, keyed hashing).</summary>
public static class RpcFormatter
{
    /// <param name="peerIsTrusted">
    /// The worker's side alone: what it reads comes from the supervisor. The hash that resists collisions takes its key from
    /// OpenSSL, and a worker's root has none.
    /// </param>
    public static IJsonRpcMessageFormatter Create(bool peerIsTrusted = false)
    {
        var formatter = new MessagePackFormatter();
        formatter.SetMessagePackSerializerOptions(
            MessagePackSerializerOptions.Standard
                .WithResolver(StandardResolver.Instance)
                .WithSecurity(peerIsTrusted ? MessagePackSecurity.TrustedData : MessagePackSecurity.UntrustedData));
        return formatter;
    }
}
