using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Sandbox.Supervisor.Egress;

/// <summary>
/// Tells what an address is, by the special-purpose registries of IANA and what clouds use. Pure. Of IPv6 only what is known to be public is;
/// an address that holds one of IPv4 is what that one is.
/// </summary>
internal static class AddressRules
{
    private static readonly (IPNetwork Network, AddressKind Kind)[] s_v4 =
    [
        // Before the ranges that they lie in.
        Of("168.63.129.16/32", AddressKind.Metadata),
        Of("169.254.169.254/32", AddressKind.Metadata),
        Of("169.254.170.2/32", AddressKind.Metadata),
        Of("100.100.100.200/32", AddressKind.Metadata),
        Of("192.0.0.192/32", AddressKind.Metadata),
        Of("0.0.0.0/8", AddressKind.Reserved),
        Of("10.0.0.0/8", AddressKind.Private),
        Of("100.64.0.0/10", AddressKind.Private),
        Of("127.0.0.0/8", AddressKind.Loopback),
        Of("169.254.0.0/16", AddressKind.LinkLocal),
        Of("172.16.0.0/12", AddressKind.Private),
        Of("192.0.0.0/24", AddressKind.Reserved),
        Of("192.0.2.0/24", AddressKind.Reserved),
        Of("192.88.99.0/24", AddressKind.Reserved),
        Of("192.168.0.0/16", AddressKind.Private),
        Of("198.18.0.0/15", AddressKind.Reserved),
        Of("198.51.100.0/24", AddressKind.Reserved),
        Of("203.0.113.0/24", AddressKind.Reserved),
        Of("224.0.0.0/4", AddressKind.Multicast),
        Of("240.0.0.0/4", AddressKind.Reserved),
    ];

    private static readonly (IPNetwork Network, AddressKind Kind)[] s_v6 =
    [
        Of("fd00:ec2::254/128", AddressKind.Metadata),
        Of("fd20:ce::254/128", AddressKind.Metadata),
        Of("fc00::/7", AddressKind.Private),
        Of("fe80::/10", AddressKind.LinkLocal),
        Of("fec0::/10", AddressKind.Private),
        Of("ff00::/8", AddressKind.Multicast),
        // Protocol assignments, Teredo, benchmarking and ORCHID among them.
        Of("2001::/23", AddressKind.Reserved),
        Of("2001:db8::/32", AddressKind.Reserved),
        Of("2002::/16", AddressKind.Reserved),
        Of("3fff::/20", AddressKind.Reserved),
        Of("2000::/3", AddressKind.Public),
    ];

    private static readonly IPNetwork s_translated = IPNetwork.Parse("::ffff:0:0:0/96");
    private static readonly IPNetwork s_compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static AddressKind KindOf(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return In(s_v4, address, AddressKind.Public);
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return AddressKind.Reserved;
        if (address.ScopeId != 0) return AddressKind.LinkLocal;
        if (address.Equals(IPAddress.IPv6Loopback)) return AddressKind.Loopback;
        if (address.Equals(IPAddress.IPv6Any)) return AddressKind.Reserved;
        return V4Within(address) is { } within ? KindOf(within) : In(s_v6, address, AddressKind.Reserved);
    }

    /// <summary>The address of IPv4 that one of IPv6 stands for; null: none.</summary>
    public static IPAddress? V4Within(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || !address.TryWriteBytes(bytes, out _)) return null;
        var isHolder = address.IsIPv4MappedToIPv6 || s_translated.Contains(address) || s_compatible.Contains(address) || s_nat64.Contains(address);
        // ISATAP: its interface identifier tells the address.
        var isTunnel = (BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) & 0xFDFFFFFF) == 0x00005EFE;
        return isHolder || isTunnel ? new IPAddress(bytes[12..]) : null;
    }

    private static AddressKind In((IPNetwork Network, AddressKind Kind)[] networks, IPAddress address, AddressKind otherwise)
    {
        foreach (var (network, kind) in networks)
            if (network.Contains(address)) return kind;
        return otherwise;
    }

    private static (IPNetwork Network, AddressKind Kind) Of(string network, AddressKind kind) => (IPNetwork.Parse(network), kind);
}
