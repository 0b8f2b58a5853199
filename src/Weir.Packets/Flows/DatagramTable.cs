using System.Net;
using Weir.Packets.Dissection;

namespace Weir.Packets.Flows;

/// <summary>The UDP flows of a capture: datagrams between the same two addresses and ports. It remembers a limited number, the first ones. Not for several threads at once.</summary>
public sealed class DatagramTable
{
    public const int DefaultLimit = 65_536;

    private readonly Dictionary<FlowKey, DatagramPlace> _flows = [];
    private readonly int _limit;

    /// <param name="limit">How many flows are remembered.</param>
    public DatagramTable(int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        _limit = limit;
    }

    /// <summary>How many there are.</summary>
    public int Count => _flows.Count;

    /// <summary>Finds the packet's flow. Null for what is no UDP datagram or a later fragment of one, and when there are more flows than are remembered.</summary>
    public DatagramPlace? Observe(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (packet is not { Ip: { } ip, Udp: { } udp })
            return null;
        FlowKey key = FlowKey.Of(ip, udp).Undirected;
        if (_flows.TryGetValue(key, out DatagramPlace flow))
            return flow with { IsFromInitiator = flow.Initiator.Port == udp.SourcePort && flow.Initiator.Address.Equals(ip.Source) };
        if (_flows.Count == _limit)
            return null;
        var first = new DatagramPlace(
            _flows.Count, new IPEndPoint(ip.Source, udp.SourcePort), new IPEndPoint(ip.Destination, udp.DestinationPort), IsFromInitiator: true);
        _flows.Add(key, first);
        return first;
    }
}
