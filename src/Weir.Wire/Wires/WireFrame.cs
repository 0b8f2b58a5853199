using Weir.Packets;
using Weir.Packets.Dissection;

namespace Weir.Wire;

/// <summary>A frame on a wire.</summary>
public sealed class WireFrame
{
    private Packet? _packet;

    internal WireFrame(long number, byte[] bytes, long arrivedAt)
    {
        Number = number;
        Bytes = ArrivedBytes = bytes;
        ArrivedAt = arrivedAt;
    }

    /// <summary>Which one of its direction, from 1; 0 for injected frames.</summary>
    public long Number { get; }

    /// <summary>From the Ethernet header on, as it leaves.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>As it came: other bytes when the wire has corrupted it.</summary>
    public ReadOnlyMemory<byte> ArrivedBytes { get; }

    /// <summary>When the wire read it, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</summary>
    public long ArrivedAt { get; }

    /// <summary>What the frame holds, layer by layer.</summary>
    public Packet Packet => _packet ??= Packet.Dissect(new CapturedFrame(LinkType.Ethernet, TimestampNs: 0, Bytes, Bytes.Length));

    /// <summary>The TCP header; null when the frame holds something else.</summary>
    public TcpHeader? Tcp => Packet.Tcp;

    internal WireFate Fate { get; set; } = WireFate.Forwarded;

    internal TimeSpan ExtraDelay { get; set; }

    /// <summary>How many more leave behind it.</summary>
    internal int Copies { get; set; }

    internal void TurnBit(int bit)
    {
        byte[] changed = Bytes.ToArray();
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        Bytes = changed;
        _packet = null;
        Fate = WireFate.Corrupted;
    }

    public override string ToString() => Number == 0 ? $"injected frame, {Bytes.Length} bytes" : $"frame {Number}, {Bytes.Length} bytes";
}
