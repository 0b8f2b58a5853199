using System.Buffers.Binary;
using System.Net;

namespace Weir.Packets.Dissection;

/// <summary>The sum of 16-bit words that IP, ICMP, TCP and UDP carry (RFC 1071).</summary>
internal static class InternetChecksum
{
    private const int AddressBytes = 16;

    /// <summary>The checksum that belongs into a field which is zero; 0 where the bytes hold the right one.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        ulong total = sum;
        for (; bytes.Length >= 4; bytes = bytes[4..])
            total += BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (bytes.Length >= 2)
        {
            total += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length > 0)
            total += (uint)bytes[0] << 8;
        while (total > ushort.MaxValue)
            total = (total >> 16) + (total & ushort.MaxValue);
        return (ushort)~total;
    }

    /// <summary>The sum over the pseudo header that covers a transport's addresses (RFC 9293, section 3.1; RFC 8200, section 8.1).</summary>
    public static uint PseudoHeader(IPAddress source, IPAddress destination, IpProtocol protocol, int lengthBytes)
    {
        Span<byte> address = stackalloc byte[AddressBytes];
        uint sum = (uint)protocol + (uint)lengthBytes;
        foreach (IPAddress each in (ReadOnlySpan<IPAddress>)[source, destination])
        {
            each.TryWriteBytes(address, out int written);
            for (int offset = 0; offset < written; offset += 2)
                sum += BinaryPrimitives.ReadUInt16BigEndian(address[offset..]);
        }

        return sum;
    }

    public static ChecksumState Verify(ReadOnlySpan<byte> bytes, uint sum = 0) =>
        Of(bytes, sum) == 0 ? ChecksumState.Correct : ChecksumState.Wrong;
}
