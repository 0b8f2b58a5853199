using static Weir.Packets.Tests.Samples.Frames;

namespace Weir.Packets.Tests.Samples;

/// <summary>A frame of each kind that is dissected, all of them right.</summary>
internal static class FrameSamples
{
    public static byte[] DnsQuery { get; } = Join(Hex("beef 0100 0001 0000 0000 0000"), Name("example.com"), Hex("0001 0001"));

    /// <summary>Ten records: A AAAA CNAME MX TXT SRV NS PTR HTTPS, and SOA as authority.</summary>
    public static byte[] DnsAnswer { get; } = Join(
        Hex("beef 8580 0001 0009 0001 0000"), Name("example.com"), Hex("00ff 0001"),
        Record(1, Hex("c0000201")),
        Record(28, Hex("20010db8000000000000000000000001")),
        Record(5, Join(Hex("03"), [.. "www"u8], Hex("c00c"))),
        Record(15, Join(U16(10), Hex("04"), [.. "mail"u8], Hex("c00c"))),
        Record(16, Join([5], [.. "hello"u8], [2], [0x1b, (byte)'x'])),
        Record(33, Join(U16(1), U16(2), U16(8080), Hex("c00c"))),
        Record(2, Hex("c00c")),
        Record(12, Name("host.example.net")),
        Record(65, Hex("0001 00 0001 0003 02 6832")),
        Record(6, Join(Hex("c00c"), Name("admin.example.com"), U32(1), U32(2), U32(3), U32(4), U32(5))));

    public static byte[] ClientHello { get; } = MakeClientHello("www.example.org", "h2", "http/1.1");

    public static IEnumerable<(string Name, CapturedFrame Frame)> All()
    {
        foreach ((string name, byte[] bytes) in OverEthernet())
            yield return (name, Frame(bytes));
        byte[] ip4 = Ipv4(6, Tcp(1000, 2000, payload: [1, 2, 3]));
        byte[] ip6 = Ipv6(17, Udp(1000, 2000, [1, 2, 3]));
        yield return ("raw4", Frame(ip4, LinkType.Raw));
        yield return ("raw6", Frame(ip6, LinkType.Raw));
        yield return ("ipv4", Frame(ip4, LinkType.Ipv4));
        yield return ("ipv6", Frame(ip6, LinkType.Ipv6));
        yield return ("null", Frame(Join(Hex("02000000"), ip4), LinkType.Null));
        yield return ("null6", Frame(Join(Hex("0000001e"), ip6), LinkType.Null));
        yield return ("sll", Frame(Join(Hex("0004 0001 0006 020000000001 0000 0800"), ip4), LinkType.LinuxCooked));
        yield return ("sll2", Frame(Join(Hex("86dd 0000 00000003 0001 04 06 020000000001 0000"), ip6), LinkType.LinuxCookedV2));
    }

    public static byte[] MakeClientHello(string server, params string[] protocols)
    {
        byte[] name = [.. server.Select(letter => (byte)letter)];
        byte[] offered = Join([.. protocols.Select(each => Join([(byte)each.Length], [.. each.Select(letter => (byte)letter)]))]);
        byte[] extensions = Join(
            Hex("0000"), U16(name.Length + 5), U16(name.Length + 3), [0], U16(name.Length), name,
            Hex("0010"), U16(offered.Length + 2), U16(offered.Length), offered);
        byte[] body = Join(Hex("0303"), new byte[32], Hex("00 0002 1301 01 00"), U16(extensions.Length), extensions);
        byte[] message = Join([1, 0], U16(body.Length), body);
        return Join(Hex("16 0301"), U16(message.Length), message);
    }

    private static byte[] Record(int type, byte[] data) => Join(Hex("c00c"), U16(type), U16(1), U32(300), U16(data.Length), data);

    private static IEnumerable<(string Name, byte[] Bytes)> OverEthernet()
    {
        byte[] segment = Tcp(1000, 2000, seq: 100, ack: 200, flags: 0x18, payload: [.. "GET / HTTP/1.1\r\n\r\n"u8]);
        yield return ("arp", Ethernet(0x0806, Hex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202")));
        yield return ("tcp4", Ethernet(Ipv4(6, segment)));
        yield return ("tcp6", Ethernet(Ipv6(6, segment)));
        yield return ("syn", Ethernet(Ipv4(6, Tcp(1, 2, flags: 2, options: Hex("0204 05b4 0402 080a 00000001 00000000 01 030307")))));
        yield return ("sack", Ethernet(Ipv4(6, Tcp(1, 2, options: Hex("0101 0512 00000010 00000020 00000030 00000040")))));
        yield return ("options", Ethernet(Ipv4(6, Tcp(1, 2, options: Hex("2206 01020304 fd04 abcd 1312 000102030405060708090a0b0c0d0e0f")))));
        yield return ("udp4", Ethernet(Ipv4(17, Udp(1000, 2000, [1, 2, 3]))));
        yield return ("dns query", Ethernet(Ipv4(17, Udp(40000, 53, DnsQuery))));
        yield return ("dns answer", Ethernet(Ipv6(17, Udp(53, 40000, DnsAnswer))));
        yield return ("dns tcp", Ethernet(Ipv4(6, Tcp(53, 40000, payload: Join(U16(DnsAnswer.Length), DnsAnswer)))));
        yield return ("tls", Ethernet(Ipv4(6, Tcp(40000, 443, payload: ClientHello))));
        yield return ("echo", Ethernet(Ipv4(1, Icmp(8, 0, 0x00070001, [1, 2, 3]))));
        yield return ("echo6", Ethernet(Ipv6(58, Icmp(129, 0, 0x00070001, [1, 2, 3]))));
        yield return ("unreachable", Ethernet(Ipv4(1, Icmp(3, 3, 0, Ipv4(17, Udp(1000, 9, []), source: B4, destination: A4)[..28]))));
        yield return ("too big", Ethernet(Ipv6(58, Icmp(2, 0, 1280, Ipv6(6, Tcp(5, 6, seq: 77), source: B6, destination: A6)))));
        yield return ("ns", Ethernet(Ipv6(58, Icmp(135, 0, 0, Hex("20010db8000000000000000000000002 0101 020000000001")))));
        yield return ("na", Ethernet(Ipv6(58, Icmp(136, 0, 0x60000000, Hex("20010db8000000000000000000000002 0201 020000000002")))));
        yield return ("rs", Ethernet(Ipv6(58, Icmp(133, 0, 0, Hex("0101 020000000001")))));
        yield return ("ra", Ethernet(Ipv6(58, Icmp(134, 0, 0x40000708, Hex(
            "00000000 00000000 0101 020000000001 0501 0000 000005dc 0304 40c0 00015180 00003840 00000000 20010db8000100000000000000000000")))));
        yield return ("vlan", Ethernet(0x8100, Join(Hex("6064 0800"), Ipv4(17, Udp(1, 2, [9])))));
        yield return ("qinq", Ethernet(0x88A8, Join(Hex("0064 8100 0065 86dd"), Ipv6(17, Udp(1, 2, [9])))));
        yield return ("fragment", Ethernet(Ipv4(17, Udp(1, 2, new byte[16], length: 100), fragment: 0x2000)));
        yield return ("last fragment", Ethernet(Ipv4(17, new byte[76], fragment: 3)));
        yield return ("extensions", Ethernet(Ipv6(
            0, Join(Hex("2b00 0000 0000 0000"), Hex("3c02 0300 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000"), Hex("0600 0104 0000 0000"), segment),
            transport: 6, skip: 40)));
        yield return ("fragment6", Ethernet(Ipv6(44, Join(Hex("1100 0001 0000002a"), Udp(1, 2, new byte[16], length: 100)), transport: 0)));
        yield return ("authenticated", Ethernet(Ipv6(51, Join(Hex("0604 0000 00000001 00000001 000102030405060708090a0b"), segment), transport: 6, skip: 24)));
    }
}
