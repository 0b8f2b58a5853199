using System.Globalization;
using System.Net;
using System.Text;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;

namespace Weir.Packets.Summaries;

/// <summary>
/// A line for each packet: when, where, who to whom, protocol, and what it says. What strangers sent is escaped, so that a terminal can show it.
/// Not for several threads at once.
/// </summary>
public sealed class PacketSummary
{
    private readonly StringBuilder _line = new();
    private readonly SummaryOptions _options;
    private readonly SummaryClock _clock;

    public PacketSummary(SummaryOptions? options = null)
    {
        _options = options ?? new SummaryOptions();
        _clock = new SummaryClock(_options);
    }

    /// <summary>The line, without a line break.</summary>
    /// <param name="packet">Any packet.</param>
    /// <param name="segment">Its place in its stream, which gives relative numbers; null shows those of the header.</param>
    public string Format(Packet packet, StreamSegment? segment = null)
    {
        ArgumentNullException.ThrowIfNull(packet);
        _line.Clear();
        _clock.Append(_line, packet.Frame.TimestampNs);
        LinkSummary.AppendPlace(_line, packet, _options);
        if (packet.Ip is { } ip)
            AppendIp(packet, ip, segment);
        else
            LinkSummary.Append(_line, packet);
        AppendRemarks(packet);
        return _line.ToString();
    }

    internal static void AppendEndpoint(StringBuilder line, IPAddress address, int? port)
    {
        if (port is null)
            line.Append(address);
        else if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            line.Append('[').Append(address).Append("]:").Append(port);
        else
            line.Append(address).Append(':').Append(port);
    }

    // Format characters can turn a line's direction.
    private static bool IsHarmless(char each) => !char.IsControl(each)
        && CharUnicodeInfo.GetUnicodeCategory(each)
            is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private void AppendIp(Packet packet, IpHeader ip, StreamSegment? segment)
    {
        AppendEndpoint(_line, ip.Source, packet.Tcp?.SourcePort ?? packet.Udp?.SourcePort);
        _line.Append(" > ");
        AppendEndpoint(_line, ip.Destination, packet.Tcp?.DestinationPort ?? packet.Udp?.DestinationPort);
        if (_options.Details)
            _line.Append(" ttl ").Append(ip.HopLimit);
        if (ip.Ecn == 3)
            _line.Append(" ce");
        if (packet.Tcp is { } tcp)
            TcpSummary.Append(_line, packet, tcp, _options.AbsoluteNumbers ? null : segment, segment?.WindowBytes, _options);
        else if (packet.Icmp is { } icmp)
            IcmpSummary.Append(_line, packet, icmp);
        else
            AppendLength(packet, ip);
        if (ip.IsFragment)
            AppendFragment(ip);
        PayloadSummary.Append(_line, packet);
        if (_options.Details && segment is { } place)
            _line.Append(" stream ").Append(place.Stream.Number);
    }

    // Of a datagram in fragments only the first one tells how long it is.
    private void AppendLength(Packet packet, IpHeader ip)
    {
        _line.Append(' ').Append(ProtocolNames.Of(ip.Protocol)).Append(' ').Append(packet.PayloadBytes);
        if (ip.IsFragment && packet.Udp is { LengthBytes: > UdpHeader.HeaderBytes } udp)
            _line.Append(" of ").Append(udp.LengthBytes - UdpHeader.HeaderBytes);
        _line.Append(" bytes");
    }

    private void AppendFragment(IpHeader ip)
    {
        _line.Append(" fragment ").Append(ip.Identification).Append(" at ").Append(ip.FragmentOffsetBytes);
        if (!ip.MoreFragments)
            _line.Append(" last");
    }

    private void AppendRemarks(Packet packet)
    {
        for (int index = 0; index < packet.Notes.Count; index++)
            _line.Append(index == 0 ? " ! " : "; ").Append(packet.Notes[index]);
        if (packet.Frame.Comment is { } comment)
            AppendComment(comment);
    }

    private void AppendComment(string comment)
    {
        _line.Append(" # ");
        foreach (char each in comment)
            _line.Append(IsHarmless(each) ? each : ' ');
    }
}
