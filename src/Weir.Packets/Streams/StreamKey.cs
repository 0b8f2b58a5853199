using System.Net;
using Weir.Packets.Dissection;

namespace Weir.Packets.Streams;

/// <summary>Two addresses with their ports, in an order that is the same for both directions.</summary>
internal readonly record struct StreamKey
{
    private const int AddressBytes = 16;

    private readonly IPEndpoint _low;
    private readonly IPEndpoint _high;

    private StreamKey(in IPEndpoint low, in IPEndpoint high) => (_low, _high) = (low, high);

    public static StreamKey Of(IpHeader ip, TcpHeader tcp)
    {
        var source = new IPEndpoint(ip.Source, tcp.SourcePort);
        var destination = new IPEndpoint(ip.Destination, tcp.DestinationPort);
        return Compare(source, destination) <= 0 ? new StreamKey(source, destination) : new StreamKey(destination, source);
    }

    private static int Compare(in IPEndpoint left, in IPEndpoint right)
    {
        if (left.Port != right.Port)
            return left.Port.CompareTo(right.Port);
        Span<byte> leftBytes = stackalloc byte[AddressBytes];
        Span<byte> rightBytes = stackalloc byte[AddressBytes];
        left.Address.TryWriteBytes(leftBytes, out int leftLength);
        right.Address.TryWriteBytes(rightBytes, out int rightLength);
        return leftBytes[..leftLength].SequenceCompareTo(rightBytes[..rightLength]);
    }

    // System.Net.IPEndPoint is an object of its own.
    private readonly record struct IPEndpoint(IPAddress Address, int Port);
}
