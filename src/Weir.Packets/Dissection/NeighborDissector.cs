using System.Buffers.Binary;
using System.Net;

namespace Weir.Packets.Dissection;

internal static class NeighborDissector
{
    public const int RouterSolicitation = 133;
    public const int RouterAdvertisement = 134;
    public const int NeighborSolicitation = 135;
    public const int NeighborAdvertisement = 136;
    public const int Redirect = 137;

    /// <summary>The most options that are read of one message.</summary>
    public const int MaxOptions = 64;

    private const int AddressBytes = 16;
    private const int PrefixBytes = 32;
    private const int OptionUnitBytes = 8;

    public static NeighborMessage? Dissect(Packet packet, Layer layer, int type)
    {
        int fixedBytes = type switch
        {
            RouterSolicitation => 8,
            RouterAdvertisement => 16,
            NeighborSolicitation or NeighborAdvertisement => 24,
            Redirect => 40,
            _ => 0,
        };
        if (fixedBytes == 0 || !packet.Holds(layer, fixedBytes, "icmp6", IcmpNames.OfType(6, type)))
            return null;
        var message = new NeighborMessage();
        ReadFields(message, layer, type);
        ReadOptions(packet, message, layer.Skip(fixedBytes));
        return message;
    }

    private static void ReadFields(NeighborMessage message, Layer layer, int type)
    {
        ReadOnlySpan<byte> bytes = layer.Span;
        if (type >= NeighborSolicitation)
            message.Target = new IPAddress(bytes.Slice(8, AddressBytes));
        if (type == Redirect)
            message.Destination = new IPAddress(bytes.Slice(24, AddressBytes));
        if (type == RouterAdvertisement)
            (message.HopLimit, message.RouterLifetimeSeconds) = (bytes[4], layer.UInt16(6));
        if (type == NeighborAdvertisement)
            (message.IsRouter, message.IsSolicited, message.Overrides) = ((bytes[4] & 0x80) != 0, (bytes[4] & 0x40) != 0, (bytes[4] & 0x20) != 0);
    }

    private static void ReadOptions(Packet packet, NeighborMessage message, Layer rest)
    {
        List<NeighborPrefix> prefixes = [];
        for (int count = 0; count < MaxOptions && rest.WireBytes > 0; count++)
        {
            if (!packet.Holds(rest, 2, "icmp6", "option"))
                break;
            ReadOnlySpan<byte> bytes = rest.Span;
            int length = bytes[1] * OptionUnitBytes;
            if (length == 0)
            {
                packet.Note($"icmp6: option {bytes[0]} is 0 bytes long");
                break;
            }

            if (!packet.Holds(rest, length, "icmp6", "option"))
                break;
            if (bytes[0] == 3 && length == PrefixBytes)
                prefixes.Add(Prefix(bytes[..length]));
            else
                Take(message, bytes[..length]);
            rest = rest.Skip(length);
        }

        message.Prefixes = prefixes;
    }

    private static void Take(NeighborMessage message, ReadOnlySpan<byte> option)
    {
        switch (option[0])
        {
            // Ethernet's address fills an option of eight bytes; longer ones are padded, and not told how long.
            case 1: message.SourceLink = new LinkAddress(option.Length == OptionUnitBytes ? option[2..] : option[2..10]); break;
            case 2: message.TargetLink = new LinkAddress(option.Length == OptionUnitBytes ? option[2..] : option[2..10]); break;
            case 5: message.MtuBytes = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(option[4..]), int.MaxValue); break;
        }
    }

    private static NeighborPrefix Prefix(ReadOnlySpan<byte> option) => new(new IPAddress(option[16..]), option[2])
    {
        OnLink = (option[3] & 0x80) != 0,
        Autonomous = (option[3] & 0x40) != 0,
        ValidSeconds = BinaryPrimitives.ReadUInt32BigEndian(option[4..]),
        PreferredSeconds = BinaryPrimitives.ReadUInt32BigEndian(option[8..]),
    };
}
