using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// Frames that the kernel has received, in memory that it shares with us (packet(7), PACKET_RX_RING). It needs no call for a frame, and,
/// unlike a receive buffer, an ordinary user may have as much of it as anybody.
/// </summary>
internal sealed unsafe class FrameRing : IDisposable
{
    private const int MaxBytes = 1 << 28;
    private const int BlockBytes = 1 << 17;

    // The ring's header, the link layer's address, and alignment.
    private const int HeadroomBytes = 128;

    // Ethernet's two addresses, and what comes behind them with a VLAN (IEEE 802.1Q).
    private const int AddressesBytes = 12;
    private const int TagBytes = 4;

    private readonly byte* _start;
    private readonly int _frameBytes;
    private readonly int _count;
    private int _next;

    private FrameRing(byte* start, int frameBytes, int count)
    {
        _start = start;
        _frameBytes = frameBytes;
        _count = count;
    }

    /// <summary>Before the socket is bound.</summary>
    public static FrameRing Map(SafeFd socket, WireOptions options)
    {
        int frameBytes = (int)BitOperations.RoundUpToPowerOf2((uint)(options.MtuBytes + HeadroomBytes));
        int count = Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)options.BufferedFrames), MaxBytes / frameBytes);
        uint blockBytes = (uint)Math.Min(BlockBytes, (long)frameBytes * count);
        tpacket_req request = new()
        {
            tp_block_size = blockBytes,
            tp_block_nr = (uint)((long)frameBytes * count / blockBytes),
            tp_frame_size = (uint)frameBytes,
            tp_frame_nr = (uint)count,
        };
        PacketSocket.Check(Sys.SetSockOpt(socket.Number, SOL_PACKET, PACKET_VERSION, TPACKET_V2), "setsockopt PACKET_VERSION");
        PacketSocket.Check(
            Sys.SetSockOpt(socket.Number, SOL_PACKET, PACKET_RX_RING, MemoryMarshal.AsBytes(new ReadOnlySpan<tpacket_req>(ref request))),
            "setsockopt PACKET_RX_RING");
        PacketSocket.Check(
            Sys.Map((nuint)((long)frameBytes * count), PROT_READ | PROT_WRITE, MAP_SHARED, socket.Number, 0, out void* start), "mmap");
        return new FrameRing((byte*)start, frameBytes, count);
    }

    /// <summary>The frame that comes after so many others that are not yet given back; null when it has not come.</summary>
    public byte* Peek(int ahead, out int length)
    {
        var header = (tpacket2_hdr*)Slot(ahead);
        length = 0;
        if (ahead >= _count || (Volatile.Read(ref header->tp_status) & TP_STATUS_USER) == 0)
            return null;
        if ((header->tp_status & TP_STATUS_VLAN_VALID) != 0)
            PutTagBack(header);
        length = (int)header->tp_snaplen;
        return (byte*)header + header->tp_mac;
    }

    /// <summary>Gives the first frames back to the kernel.</summary>
    public void Advance(int count)
    {
        for (int i = 0; i < count; i++)
            Volatile.Write(ref ((tpacket2_hdr*)Slot(i))->tp_status, TP_STATUS_KERNEL);
        _next = (_next + count) % _count;
    }

    // The socket's owner: nobody reads any more.
    public void Dispose() => Sys.Unmap(_start, (nuint)((long)_frameBytes * _count));

    // The kernel takes the tag out of every frame that comes in. There is room before the frame: its network header is aligned for longer ones.
    private static void PutTagBack(tpacket2_hdr* header)
    {
        byte* old = (byte*)header + header->tp_mac;
        byte* tagged = old - TagBytes;
        new ReadOnlySpan<byte>(old, AddressesBytes).CopyTo(new Span<byte>(tagged, AddressesBytes));
        ushort protocol = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->tp_vlan_tpid : ETH_P_8021Q;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressesBytes, 2), protocol);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(tagged + AddressesBytes + 2, 2), header->tp_vlan_tci);
        // Once, however often it is looked at.
        header->tp_status &= ~TP_STATUS_VLAN_VALID;
        header->tp_mac -= TagBytes;
        header->tp_snaplen += TagBytes;
    }

    private byte* Slot(int ahead) => _start + ((long)((_next + ahead) % _count) * _frameBytes);
}
