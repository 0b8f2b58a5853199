using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Testing;

namespace Weir.Packets.Tests.Differential;

/// <summary>Fields under tshark's names: what tshark says of each packet, and what we say in tshark's words.</summary>
internal static class TsharkFields
{
    private static readonly (string Name, Func<Packet, string?> Ours)[] s_fields =
    [
        ("eth.src", packet => packet.Ethernet?.Source.ToString()),
        ("ip.src", packet => V4(packet)?.Source.ToString()),
        ("ip.dst", packet => V4(packet)?.Destination.ToString()),
        ("ip.len", packet => Text(V4(packet)?.TotalBytes)),
        ("ip.hdr_len", packet => Text(V4(packet)?.HeaderBytes)),
        ("ip.ttl", packet => Text(V4(packet)?.HopLimit)),
        ("ip.id", packet => Hex(V4(packet)?.Identification)),
        ("ip.frag_offset", packet => Text(V4(packet)?.FragmentOffsetBytes / 8)),
        ("ip.dsfield.ecn", packet => Text(V4(packet)?.Ecn)),
        ("ipv6.src", packet => V6(packet)?.Source.ToString()),
        ("ipv6.dst", packet => V6(packet)?.Destination.ToString()),
        ("ipv6.hlim", packet => Text(V6(packet)?.HopLimit)),
        ("arp.src.proto_ipv4", packet => packet.Arp?.Sender.ToString()),
        ("arp.dst.proto_ipv4", packet => packet.Arp?.Target.ToString()),
        ("arp.opcode", packet => Text((int?)packet.Arp?.Operation)),
        ("vlan.id", packet => packet.Vlans.Count == 0 ? null : Text(packet.Vlans[^1].Id)),
        ("tcp.srcport", packet => Text(packet.Tcp?.SourcePort ?? Quoted(packet, IpProtocol.Tcp)?.SourcePort)),
        ("tcp.dstport", packet => Text(packet.Tcp?.DestinationPort ?? Quoted(packet, IpProtocol.Tcp)?.DestinationPort)),
        ("tcp.seq_raw", packet => (packet.Tcp?.Sequence ?? Quoted(packet, IpProtocol.Tcp)?.Sequence)?.ToString()),
        ("udp.srcport", packet => Text(packet.Udp?.SourcePort ?? Quoted(packet, IpProtocol.Udp)?.SourcePort)),
        ("udp.dstport", packet => Text(packet.Udp?.DestinationPort ?? Quoted(packet, IpProtocol.Udp)?.DestinationPort)),
        ("icmp.type", packet => packet.Icmp is { Version: 4 } icmp ? Text(icmp.Type) : null),
        ("icmp.ident", packet => packet.Icmp is { Version: 4 } icmp ? Text(icmp.Identifier) : null),
        ("icmp.mtu", packet => packet.Icmp is { Version: 4 } icmp ? Text(icmp.MtuBytes) : null),
        ("icmpv6.type", packet => packet.Icmp is { Version: 6 } icmp ? Text(icmp.Type) : null),
        ("icmpv6.nd.ns.target_address", packet => packet.Icmp is { Type: 135 } icmp ? icmp.Neighbor?.Target?.ToString() : null),
        ("icmpv6.nd.na.target_address", packet => packet.Icmp is { Type: 136 } icmp ? icmp.Neighbor?.Target?.ToString() : null),
        ("icmpv6.opt.mtu", packet => packet.Icmp is { Version: 6 } icmp ? Text(icmp.Neighbor?.MtuBytes) : null),
        ("dns.id", packet => Hex((uint?)packet.Dns?.Id)),
        ("dns.qry.name", packet => packet.Dns?.Questions[0].Name),
        ("dns.qry.type", packet => Text((int?)packet.Dns?.Questions[0].Type)),
        ("dns.count.answers", packet => Text(packet.Dns?.Answers.Count)),
        ("dns.a", packet => Data(packet, DnsType.A)),
        ("dns.aaaa", packet => Data(packet, DnsType.AAAA)),
        ("dns.cname", packet => Data(packet, DnsType.CNAME)),
        ("dns.mx.mail_exchange", packet => Data(packet, DnsType.MX)?.Split(' ')[1]),
        ("dns.srv.target", packet => Data(packet, DnsType.SRV)?.Split(' ')[3]),
        ("dns.ptr.domain_name", packet => Data(packet, DnsType.PTR)),
        ("tls.handshake.extensions_server_name", packet => packet.Tls?.ServerName),
        ("tls.handshake.extensions_alpn_str", packet => packet.Tls is { ApplicationProtocols: [var first, ..] } ? first : null),
    ];

    // Of a quoted segment tshark shows more than is in every quote.
    private static readonly (string Name, Func<Packet, TcpHeader, StreamSegment, string?> Ours)[] s_tcpFields =
    [
        ("tcp.ack_raw", (_, tcp, _) => tcp.Acknowledgment.ToString()),
        ("tcp.flags", (_, tcp, _) => Hex((uint)tcp.Flags)),
        ("tcp.hdr_len", (_, tcp, _) => Text(tcp.HeaderBytes)),
        ("tcp.len", (packet, _, _) => Text(packet.PayloadBytes)),
        ("tcp.window_size_value", (_, tcp, _) => Text(tcp.Window)),
        ("tcp.options.mss_val", (_, tcp, _) => Text(tcp.Options.MaximumSegmentBytes)),
        ("tcp.options.wscale.shift", (_, tcp, _) => Text(tcp.Options.WindowScale)),
        ("tcp.options.timestamp.tsval", (_, tcp, _) => tcp.Options.Timestamps?.Value.ToString()),
        ("tcp.options.timestamp.tsecr", (_, tcp, _) => tcp.Options.Timestamps?.EchoReply.ToString()),
        ("tcp.options.sack.count", (_, tcp, _) => tcp.Options.SackBlocks.Count == 0 ? null : Text(tcp.Options.SackBlocks.Count)),
        ("tcp.stream", (_, _, place) => place.Stream.Number.ToString()),
        ("tcp.seq", (_, _, place) => Modulo(place.Sequence)),
        ("tcp.ack", (_, _, place) => Modulo(place.Acknowledgment ?? 0)),
        ("tcp.window_size", (_, _, place) => place.WindowBytes?.ToString()),
    ];

    public static string Name(int field) => field < s_fields.Length ? s_fields[field].Name : s_tcpFields[field - s_fields.Length].Name;

    public static async Task<string[][]> Read(string path)
    {
        string[] names = [.. s_fields.Select(field => field.Name), .. s_tcpFields.Select(field => field.Name)];
        string[] arguments =
        [
            "-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=|", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
            "-o", "tcp.desegment_tcp_streams:FALSE", "-d", "tcp.port==8443,tls", .. names.SelectMany(name => new[] { "-e", name }),
        ];
        Finished shown = (await new Run("tshark", arguments).ToEnd()).Succeeded();
        return [.. shown.Output.TrimEnd('\n').Split('\n').Select(line => line.Split('|'))];
    }

    public static string[] Ours(Packet packet, StreamSegment? place)
    {
        IEnumerable<string?> common = s_fields.Select(field => field.Ours(packet));
        IEnumerable<string?> tcp = s_tcpFields.Select(field => place is { } at ? field.Ours(packet, packet.Tcp!, at) : null);
        return [.. common.Concat(tcp).Select(value => value ?? "")];
    }

    private static IpHeader? V4(Packet packet) => packet.Ip is { Version: 4 } ip ? ip : Quoted(packet, 4)?.Ip;

    private static IpHeader? V6(Packet packet) => packet.Ip is { Version: 6 } ip ? ip : Quoted(packet, 6)?.Ip;

    private static QuotedPacket? Quoted(Packet packet, int version) => packet.Icmp?.Quoted is { } quoted && quoted.Ip.Version == version ? quoted : null;

    private static QuotedPacket? Quoted(Packet packet, IpProtocol protocol) =>
        packet.Icmp?.Quoted is { } quoted && quoted.Ip.Protocol == protocol ? quoted : null;

    private static string? Data(Packet packet, DnsType type) =>
        packet.Dns?.Answers.Where(answer => answer.Type == type).Select(answer => answer.Data).FirstOrDefault();

    private static string? Text(int? value) => value?.ToString();

    // tshark's relative numbers come round like those of the header.
    private static string Modulo(long position) => unchecked((uint)position).ToString();

    private static string? Hex(uint? value) => value is null ? null : $"0x{value:x4}";
}
