using System.Buffers.Binary;
using Weir.Packets;

namespace Weir.Cli.Capturing;

/// <summary>A frame that nobody sent, to go through everything once: the beginning of a TCP connection from nowhere to nowhere.</summary>
internal static class RehearsalFrame
{
    private const int IPv4HeaderBytes = 20;
    private const int TcpHeaderBytes = 20;
    private const ushort IPv4 = 0x0800;

    public static byte[] Of(LinkType link)
    {
        (int headerBytes, int typeAt) = link switch
        {
            LinkType.Ethernet => (14, 12),
            LinkType.LinuxCookedV2 => (20, 0),
            LinkType.LinuxCooked => (16, 14),
            _ => (0, -1),
        };
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
