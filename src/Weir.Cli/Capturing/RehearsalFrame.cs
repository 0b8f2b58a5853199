using System.Buffers.Binary;
using Weir.Packets;
using Weir.Packets.Flows;

namespace Weir.Cli.Capturing;

/// <summary>A frame that nobody sent, to go through everything once: the beginning of a TCP connection from nowhere to nowhere.</summary>
internal static class RehearsalFrame
{
    private const int IPv4HeaderBytes = 20;
    private const int TcpHeaderBytes = 20;
    private const ushort IPv4 = 0x0800;

    public static byte[] Of(LinkType link)
    {
        (int typeAt, int headerBytes) = LinkLayout.Of(link);
        byte[] frame = new byte[headerBytes + IPv4HeaderBytes + TcpHeaderBytes];
        if (typeAt >= 0)
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(typeAt), IPv4);
        Span<byte> packet = frame.AsSpan(headerBytes);
        packet[0] = 0x45;
        packet[3] = IPv4HeaderBytes + TcpHeaderBytes;
        packet[9] = 6;
        packet[IPv4HeaderBytes + 12] = 0x50;
        return frame;
    }
}
