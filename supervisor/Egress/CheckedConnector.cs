using System.Net;
using System.Net.Sockets;
using Sandbox.Protocol.Api;
using Sandbox.Supervisor.Rest;

namespace Sandbox.Supervisor.Egress;

/// <summary>
/// The one way out of this process: a name is looked up once, every address of it is checked, and the connection goes to an address that was checked.
/// </summary>
internal sealed class CheckedConnector(NameResolver resolver, OwnAddresses own)
{
    /// <summary>An answer of a name server may hold hundreds.</summary>
    private const int AddressesMax = 8;

    /// <param name="policy">Of the tenant it is for.</param>
    /// <param name="isOpenPort">Ports that need no entry of a list.</param>
    /// <exception cref="EgressRefusedException">It may not be called, there is no such host, or it cannot be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(EgressPolicy policy, UrlHost host, int port, Func<int, bool> isOpenPort, CancellationToken cancellationToken)
    {
        if (policy.Refusal(host, port, isOpenPort) is { } refusal) throw new EgressRefusedException(Codes.EgressBlocked, refusal);
        var addresses = await AddressesAsync(policy.TenantId, host, cancellationToken);
        foreach (var address in addresses) await CheckAsync(policy, host, port, address, cancellationToken);

        SocketException? failure = null;
        foreach (var address in addresses.Take(AddressesMax))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                failure = e;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new EgressRefusedException(Codes.HttpError, $"{host.InUrl}:{port} cannot be reached ({failure?.SocketErrorCode.ToString() ?? "no address"})");
    }

    private async Task<IPAddress[]> AddressesAsync(Guid tenantId, UrlHost host, CancellationToken cancellationToken)
    {
        if (host.Address is { } address) return [address];
        try
        {
            return await resolver.LookUpAsync(tenantId, host.Name, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new EgressRefusedException(
                Codes.HttpError,
                e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData ? $"there is no host {host.Name}; check how it is written" : $"the name {host.Name} cannot be looked up now ({e.SocketErrorCode})");
        }
    }

    private async ValueTask CheckAsync(EgressPolicy policy, UrlHost host, int port, IPAddress address, CancellationToken cancellationToken)
    {
        var kind = AddressRules.KindOf(address);
        var isOpen = kind == AddressKind.Public || (kind == AddressKind.Private && policy.OpensPrivate(host, port));
        if (await own.WhatAsync(address, port, cancellationToken) is { } what) throw Blocked(host, what);
        if (!isOpen) throw Blocked(host, Named(kind));
    }

    private static EgressRefusedException Blocked(UrlHost host, string what) =>
        new(Codes.EgressBlocked, $"{host.InUrl} is {what}, which scripts may not call");

    private static string Named(AddressKind kind) => kind switch
    {
        AddressKind.Private => "in a private network (an operator opens a host there with egress.private_hosts of the tenant)",
        AddressKind.Loopback => "this machine",
        AddressKind.LinkLocal => "a link-local address",
        AddressKind.Metadata => "a cloud's metadata service",
        AddressKind.Multicast => "a multicast address",
        AddressKind.Reserved => "a reserved address",
        AddressKind.Public => throw new ArgumentOutOfRangeException(nameof(kind), kind, "It is open."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind."),
    };
}
