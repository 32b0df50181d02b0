using Sandbox.Supervisor.Egress;

namespace Sandbox.Tests.Unit.Egress;

/// <summary>Spellings of addresses and what they are. <c>null</c>: no browser takes it.</summary>
internal static class AddressTable
{
    public static readonly (string Host, AddressKind? Kind)[] Rows =
    [
        // Public.
        ("8.8.8.8", AddressKind.Public), ("1.1.1.1", AddressKind.Public), ("93.184.216.34", AddressKind.Public), ("9.255.255.255", AddressKind.Public),
        ("11.0.0.0", AddressKind.Public), ("100.63.255.255", AddressKind.Public), ("100.128.0.0", AddressKind.Public), ("126.255.255.255", AddressKind.Public),
        ("128.0.0.0", AddressKind.Public), ("169.253.255.255", AddressKind.Public), ("169.255.0.0", AddressKind.Public), ("172.15.255.255", AddressKind.Public),
        ("172.32.0.0", AddressKind.Public), ("192.0.1.0", AddressKind.Public), ("192.0.3.0", AddressKind.Public), ("192.167.255.255", AddressKind.Public),
        ("192.169.0.0", AddressKind.Public), ("198.17.255.255", AddressKind.Public), ("198.20.0.0", AddressKind.Public), ("198.51.99.255", AddressKind.Public),
        ("198.51.101.0", AddressKind.Public), ("203.0.112.255", AddressKind.Public), ("203.0.114.0", AddressKind.Public), ("223.255.255.255", AddressKind.Public),
        ("168.63.129.15", AddressKind.Public), ("168.63.129.17", AddressKind.Public), ("134744072", AddressKind.Public), ("0x08080808", AddressKind.Public),
        ("8.8.2056", AddressKind.Public), ("010.8.8.8", AddressKind.Public),
        ("[2001:4860:4860::8888]", AddressKind.Public), ("[2606:4700:4700::1111]", AddressKind.Public), ("[2a00:1450:4001:81b::200e]", AddressKind.Public),
        ("[2400:cb00::1]", AddressKind.Public), ("[2003::1]", AddressKind.Public), ("[2001:200::1]", AddressKind.Public),
        ("[::ffff:8.8.8.8]", AddressKind.Public), ("[::ffff:808:808]", AddressKind.Public), ("[64:ff9b::8.8.8.8]", AddressKind.Public), ("[::8.8.8.8]", AddressKind.Public),

        // This machine, in all spellings.
        ("127.0.0.1", AddressKind.Loopback), ("127.0.0.0", AddressKind.Loopback), ("127.255.255.255", AddressKind.Loopback), ("127.1", AddressKind.Loopback),
        ("127.0.1", AddressKind.Loopback), ("127.65535", AddressKind.Loopback), ("2130706433", AddressKind.Loopback), ("0x7f000001", AddressKind.Loopback),
        ("0x7F000001", AddressKind.Loopback), ("0X7f.1", AddressKind.Loopback), ("0x7f.0.0.1", AddressKind.Loopback), ("0x7f.0x0.0x0.0x1", AddressKind.Loopback),
        ("017700000001", AddressKind.Loopback), ("0177.0.0.1", AddressKind.Loopback), ("0177.1", AddressKind.Loopback), ("00177.0.0.01", AddressKind.Loopback),
        ("0177.0x0.0.1", AddressKind.Loopback), ("127.0.0.1.", AddressKind.Loopback), ("127.1.", AddressKind.Loopback), ("%31%32%37.0.0.1", AddressKind.Loopback),
        ("127%2e0%2E0%2e1", AddressKind.Loopback), ("%30x7f.1", AddressKind.Loopback), ("\uFF11\uFF12\uFF17.0.0.1", AddressKind.Loopback),
        ("127\u30020\u30020\u30021", AddressKind.Loopback), ("127\uFF0E0\uFF0E0\uFF0E1", AddressKind.Loopback), ("127\uFF610\uFF610\uFF611", AddressKind.Loopback),
        ("\u2460\u2461\u2466.0.0.1", AddressKind.Loopback), ("\uFF10x7f.1", AddressKind.Loopback), ("127.0.0.1\u3002", AddressKind.Loopback),
        ("127.0x000000000000000001", AddressKind.Loopback), ("0x7f.0000001", AddressKind.Loopback),
        ("[::1]", AddressKind.Loopback), ("[0:0:0:0:0:0:0:1]", AddressKind.Loopback), ("[0000:0000:0000:0000:0000:0000:0000:0001]", AddressKind.Loopback), ("[::0:1]", AddressKind.Loopback),
        ("[::ffff:127.0.0.1]", AddressKind.Loopback), ("[::ffff:7f00:1]", AddressKind.Loopback), ("[::FFFF:7F00:0001]", AddressKind.Loopback), ("[0:0:0:0:0:ffff:127.0.0.1]", AddressKind.Loopback),
        ("[::127.0.0.1]", AddressKind.Loopback), ("[::7f00:1]", AddressKind.Loopback), ("[64:ff9b::127.0.0.1]", AddressKind.Loopback), ("[64:ff9b::7f00:1]", AddressKind.Loopback),
        ("[::ffff:0:127.0.0.1]", AddressKind.Loopback), ("[2a00::5efe:127.0.0.1]", AddressKind.Loopback), ("[2a00::200:5efe:127.0.0.1]", AddressKind.Loopback),

        // Private networks.
        ("10.0.0.0", AddressKind.Private), ("10.0.0.1", AddressKind.Private), ("10.255.255.255", AddressKind.Private), ("10.1", AddressKind.Private), ("167772161", AddressKind.Private),
        ("012.0.0.1", AddressKind.Private), ("0xa.1", AddressKind.Private), ("0x0a000001", AddressKind.Private), ("172.16.0.0", AddressKind.Private), ("172.31.255.255", AddressKind.Private),
        ("0xac.0x10.0.1", AddressKind.Private), ("2886729729", AddressKind.Private), ("192.168.0.0", AddressKind.Private), ("192.168.255.255", AddressKind.Private),
        ("192.168.1", AddressKind.Private), ("3232235777", AddressKind.Private), ("0300.0250.1.1", AddressKind.Private), ("0xc0a80101", AddressKind.Private),
        ("100.64.0.0", AddressKind.Private), ("100.127.255.255", AddressKind.Private), ("1681915905", AddressKind.Private),
        ("[fc00::]", AddressKind.Private), ("[fc00::1]", AddressKind.Private), ("[fd12:3456:789a::1]", AddressKind.Private), ("[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", AddressKind.Private),
        ("[fec0::1]", AddressKind.Private), ("[::ffff:10.0.0.1]", AddressKind.Private), ("[::ffff:a00:1]", AddressKind.Private), ("[::10.0.0.1]", AddressKind.Private),
        ("[64:ff9b::10.0.0.1]", AddressKind.Private), ("[64:ff9b::a00:1]", AddressKind.Private), ("[64:ff9b::c0a8:101]", AddressKind.Private), ("[::ffff:192.168.1.1]", AddressKind.Private),
        ("[::ffff:0:10.0.0.1]", AddressKind.Private), ("[2a00::5efe:10.0.0.1]", AddressKind.Private),

        // Link-local.
        ("169.254.0.0", AddressKind.LinkLocal), ("169.254.0.1", AddressKind.LinkLocal), ("169.254.255.255", AddressKind.LinkLocal), ("0xa9fe0001", AddressKind.LinkLocal),
        ("[fe80::]", AddressKind.LinkLocal), ("[fe80::1]", AddressKind.LinkLocal), ("[febf::1]", AddressKind.LinkLocal), ("[::ffff:169.254.1.1]", AddressKind.LinkLocal),

        // What clouds tell their machines.
        ("169.254.169.254", AddressKind.Metadata), ("2852039166", AddressKind.Metadata), ("0xa9fea9fe", AddressKind.Metadata), ("0xa9.0xfe.0xa9.0xfe", AddressKind.Metadata),
        ("0251.0376.0251.0376", AddressKind.Metadata), ("169.254.43518", AddressKind.Metadata), ("169.16689662", AddressKind.Metadata), ("[::ffff:169.254.169.254]", AddressKind.Metadata),
        ("[::ffff:a9fe:a9fe]", AddressKind.Metadata), ("[64:ff9b::169.254.169.254]", AddressKind.Metadata), ("[::169.254.169.254]", AddressKind.Metadata),
        ("169.254.170.2", AddressKind.Metadata), ("100.100.100.200", AddressKind.Metadata), ("168.63.129.16", AddressKind.Metadata), ("192.0.0.192", AddressKind.Metadata),
        ("[fd00:ec2::254]", AddressKind.Metadata), ("[fd00:0ec2:0:0:0:0:0:0254]", AddressKind.Metadata),

        // Multicast.
        ("224.0.0.0", AddressKind.Multicast), ("224.0.0.251", AddressKind.Multicast), ("239.255.255.255", AddressKind.Multicast), ("0xe0000001", AddressKind.Multicast),
        ("[ff00::1]", AddressKind.Multicast), ("[ff02::1]", AddressKind.Multicast), ("[::ffff:224.0.0.1]", AddressKind.Multicast),

        // What nobody was given, or nobody may be called by.
        ("0.0.0.0", AddressKind.Reserved), ("0", AddressKind.Reserved), ("0x0", AddressKind.Reserved), ("00", AddressKind.Reserved), ("0x", AddressKind.Reserved), ("0.0", AddressKind.Reserved),
        ("0.255.255.255", AddressKind.Reserved), ("192.0.0.0", AddressKind.Reserved), ("192.0.0.170", AddressKind.Reserved), ("192.0.2.1", AddressKind.Reserved),
        ("192.88.99.1", AddressKind.Reserved), ("198.18.0.0", AddressKind.Reserved), ("198.19.255.255", AddressKind.Reserved), ("198.51.100.1", AddressKind.Reserved),
        ("203.0.113.255", AddressKind.Reserved), ("240.0.0.0", AddressKind.Reserved), ("255.255.255.254", AddressKind.Reserved), ("255.255.255.255", AddressKind.Reserved),
        ("4294967295", AddressKind.Reserved), ("0xffffffff", AddressKind.Reserved), ("037777777777", AddressKind.Reserved),
        ("[::]", AddressKind.Reserved), ("[::ffff:0.0.0.0]", AddressKind.Reserved), ("[::ffff:255.255.255.255]", AddressKind.Reserved), ("[64:ff9b::0.0.0.0]", AddressKind.Reserved),
        ("[64:ff9b:1::1]", AddressKind.Reserved), ("[64:ff9b:1::10.0.0.1]", AddressKind.Reserved), ("[100::1]", AddressKind.Reserved), ("[2001::1]", AddressKind.Reserved),
        ("[2001:0:4136:e378:8000:63bf:3fff:fdd2]", AddressKind.Reserved), ("[2001:2::1]", AddressKind.Reserved), ("[2001:10::1]", AddressKind.Reserved), ("[2001:20::1]", AddressKind.Reserved),
        ("[2001:db8::1]", AddressKind.Reserved), ("[2002::]", AddressKind.Reserved), ("[2002:7f00:1::]", AddressKind.Reserved), ("[2002:808:808::1]", AddressKind.Reserved),
        ("[2002:a9fe:a9fe::1]", AddressKind.Reserved), ("[3fff::1]", AddressKind.Reserved), ("[5f00::1]", AddressKind.Reserved), ("[4000::1]", AddressKind.Reserved),
        ("[1::1]", AddressKind.Reserved), ("[8000::1]", AddressKind.Reserved), ("[e000::1]", AddressKind.Reserved), ("[200::1]", AddressKind.Reserved),

        // No host at all.
        ("256.1.1.1", null), ("1.2.3.4.5", null), ("1.2.3.256", null), ("1.2.3.08", null), ("1.2.3.0x", AddressKind.Public), ("0x100000000", null), ("4294967296", null),
        ("1..2", null), ("127.0.0.", AddressKind.Loopback), ("a.b.1", null), ("foo.0x1", null), ("[::1", null), ("[fe80::1%25eth0]", null), ("[fe80::1%eth0]", null),
        ("[127.0.0.1]", null), ("[::ffff:127.0.0.1.]", null), ("", null), (".", null), ("a..b", null), ("a b", null), ("a\0b", null), ("[v1.x]", null), ("%00", null), ("a%00.com", null),
    ];
}
