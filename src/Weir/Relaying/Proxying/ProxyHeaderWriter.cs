using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Sockets;

namespace Weir;

/// <summary>Writes PROXY headers.</summary>
internal static class ProxyHeaderWriter
{
    /// <param name="version">V1 or V2.</param>
    /// <param name="header">Addresses of one family; IPv4 ones in IPv6's clothes are written as what they are.</param>
    /// <param name="destination">At least <see cref="ProxyHeader.MaxWrittenBytes"/>.</param>
    /// <returns>How many bytes the header has.</returns>
    public static int Write(ProxyProtocol version, in ProxyHeader header, Span<byte> destination)
    {
        IPEndPoint? source = header.Source.IsIP && header.Destination.IsIP ? Unmapped(header.Source) : null;
        if (source is null)
            return version == ProxyProtocol.V1 ? WriteUnknown(destination) : WriteV2Unix(header, destination);
        IPEndPoint target = Unmapped(header.Destination);
        if (source.AddressFamily != target.AddressFamily)
            (source, target) = (Mapped(source), Mapped(target));
        return version == ProxyProtocol.V1 ? WriteV1(source, target, destination) : WriteV2(source, target, destination);
    }

    private static int WriteUnknown(Span<byte> destination) => Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n", destination);

    private static int WriteV1(IPEndPoint source, IPEndPoint target, Span<byte> destination)
    {
        string family = source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "TCP4" : "TCP6";
        string line = string.Create(
            CultureInfo.InvariantCulture, $"PROXY {family} {source.Address} {target.Address} {source.Port} {target.Port}\r\n");
        return Encoding.ASCII.GetBytes(line, destination);
    }

    private static int WriteV2(IPEndPoint source, IPEndPoint target, Span<byte> destination)
    {
        byte[] from = source.Address.GetAddressBytes();
        byte[] to = target.Address.GetAddressBytes();
        int length = from.Length + to.Length + (2 * sizeof(ushort));
        Span<byte> rest = BeginV2(destination, family: from.Length == 4 ? (byte)0x11 : (byte)0x21, length);
        from.CopyTo(rest);
        to.CopyTo(rest[from.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(rest[(2 * from.Length)..], (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(rest[((2 * from.Length) + sizeof(ushort))..], (ushort)target.Port);
        return ProxyHeader.V2FixedBytes + length;
    }

    private static int WriteV2Unix(in ProxyHeader header, Span<byte> destination)
    {
        const int NameBytes = ProxyHeader.UnixNameBytes;
        if (!header.Source.IsUnix || !header.Destination.IsUnix)
        {
            BeginV2(destination, family: 0, length: 0);
            // Nobody is spoken for: a probe, or what this process says itself.
            if (!header.HasAddresses)
                destination[12] = ProxyHeader.Version2 | ProxyHeader.Local;
            return ProxyHeader.V2FixedBytes;
        }

        Span<byte> rest = BeginV2(destination, family: 0x31, length: 2 * NameBytes);
        rest[..(2 * NameBytes)].Clear();
        header.Source.UnixNameBytes.CopyTo(rest[(header.Source.IsAbstract ? 1 : 0)..]);
        header.Destination.UnixNameBytes.CopyTo(rest[(NameBytes + (header.Destination.IsAbstract ? 1 : 0))..]);
        return ProxyHeader.V2FixedBytes + (2 * NameBytes);
    }

    private static Span<byte> BeginV2(Span<byte> destination, byte family, int length)
    {
        ProxyHeader.V2Signature.CopyTo(destination);
        destination[12] = ProxyHeader.Version2 | ProxyHeader.Proxied;
        destination[13] = family;
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], (ushort)length);
        return destination[ProxyHeader.V2FixedBytes..];
    }

    // Without the scope, which says something on one machine only.
    private static IPEndPoint Unmapped(in KernelAddress address)
    {
        IPAddress ip = new(address.AddressBytes);
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, address.Port);
    }

    private static IPEndPoint Mapped(IPEndPoint endPoint) => new(endPoint.Address.MapToIPv6(), endPoint.Port);
}
