using System.Buffers.Binary;
using System.Net;

namespace Weir.Packets.Tests.Samples;

/// <summary>Builds frames from the inside out: <c>Ethernet(Ipv4(6, Tcp(1, 2)))</c>.</summary>
internal static class Frames
{
    public const string A4 = "192.0.2.1";
    public const string B4 = "192.0.2.2";
    public const string A6 = "2001:db8::1";
    public const string B6 = "2001:db8::2";

    public static CapturedFrame Frame(byte[] bytes, LinkType link = LinkType.Ethernet, int? original = null) =>
        new(link, 1_700_000_000_000_123_456, bytes, original ?? bytes.Length);

    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "").Replace("\n", ""));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] U16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] U32(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Ethernet(int type, byte[] payload, string destination = "020000000002", string source = "020000000001") =>
        Join(Hex(destination), Hex(source), U16(type), payload);

    public static byte[] Ethernet(byte[] ip) => Ethernet(ip[0] >> 4 == 4 ? 0x0800 : 0x86DD, ip);

    public static byte[] Ipv4(
        int protocol, byte[] payload, string source = A4, string destination = B4, int? total = null, int fragment = 0x4000,
        byte[]? options = null, int ttl = 64, int id = 0x1234, int tos = 0)
    {
        options ??= [];
        int header = 20 + options.Length;
        byte[] bytes = Join(
            [(byte)(0x40 | (header / 4)), (byte)tos], U16(total ?? header + payload.Length), U16(id), U16(fragment),
            [(byte)ttl, (byte)protocol, 0, 0], IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(),
            options);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), Checksum(bytes));
        byte[] packet = Join(bytes, payload);
        FixTransport(packet, header, protocol, Join(packet[12..20], [0, (byte)protocol], U16(payload.Length)), fragment & 0x3FFF);
        return packet;
    }

    public static byte[] Ipv6(
        int next, byte[] payload, string source = A6, string destination = B6, int? length = null, int? transport = null, int skip = 0)
    {
        byte[] packet = Join(
            Hex("60012345"), U16(length ?? payload.Length), [(byte)next, 64], IPAddress.Parse(source).GetAddressBytes(),
            IPAddress.Parse(destination).GetAddressBytes(), payload);
        int protocol = transport ?? next;
        byte[] pseudo = Join(packet[8..40], U32((uint)(payload.Length - skip)), [0, 0, 0, (byte)protocol]);
        FixTransport(packet, 40 + skip, protocol, pseudo, fragment: 0);
        return packet;
    }

    public static byte[] Tcp(
        int from, int to, uint seq = 1, uint ack = 0, int flags = 0x10, int window = 502, byte[]? options = null, byte[]? payload = null,
        int urgent = 0)
    {
        options ??= [];
        byte[] padded = Join(options, new byte[(4 - (options.Length % 4)) % 4]);
        int words = (20 + padded.Length) / 4;
        return Join(
            U16(from), U16(to), U32(seq), U32(ack), U16((words << 12) | flags), U16(window), U16(0), U16(urgent), padded, payload ?? []);
    }

    public static byte[] Udp(int from, int to, byte[] payload, int? length = null) =>
        Join(U16(from), U16(to), U16(length ?? payload.Length + 8), U16(0), payload);

    public static byte[] Icmp(int type, int code, uint rest, byte[] payload) => Join([(byte)type, (byte)code, 0, 0], U32(rest), payload);

    public static byte[] Name(string name) =>
        Join([.. name.Split('.').Select(label => Join([(byte)label.Length], [.. label.Select(letter => (byte)letter)])), [0]]);

    public static ushort Checksum(byte[] bytes)
    {
        long sum = 0;
        for (int index = 0; index < bytes.Length; index++)
            sum += index % 2 == 0 ? bytes[index] << 8 : bytes[index];
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private static void FixTransport(byte[] packet, int start, int protocol, byte[] pseudo, int fragment)
    {
        int offset = protocol switch { 6 => 16, 17 => 6, 1 or 58 => 2, _ => -1 };
        if (offset < 0 || fragment != 0 || packet.Length < start + offset + 2)
            return;
        byte[] covered = protocol == 1 ? packet[start..] : Join(pseudo, packet[start..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(start + offset), Checksum(covered));
    }
}
