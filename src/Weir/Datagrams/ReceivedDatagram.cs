using Weir.Sockets;

namespace Weir;

/// <summary>One datagram of a batch. It is there until the channel's next receive.</summary>
public readonly ref struct ReceivedDatagram
{
    private readonly ReceivedDatagrams _batch;
    private readonly int _message;

    internal ReceivedDatagram(ReceivedDatagrams batch, int message, ReadOnlySpan<byte> bytes)
    {
        _batch = batch;
        _message = message;
        Bytes = bytes;
    }

    /// <summary>What was sent; empty for a datagram of no bytes, which is one all the same.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>
    /// Who sent it; the default value, or an unnamed unix address, when the sender has no address and cannot be answered. The default value on a
    /// connected channel, too: there it is <see cref="DatagramChannel.PeerAddress"/>.
    /// </summary>
    public ref readonly KernelAddress Peer => ref _batch.PeerOf(_message);

    /// <summary>It was longer than <see cref="DatagramOptions.MaxDatagramBytes"/>, and its end is lost.</summary>
    public bool IsTruncated => _batch.IsTruncated(_message);

    /// <summary>How long it was when it came.</summary>
    public int FullLengthBytes => IsTruncated ? _batch.LengthOf(_message) : Bytes.Length;

    /// <summary>
    /// The address of ours to answer from, with port 0; the default value without <see cref="DatagramOptions.TellsDestination"/>, and
    /// for IPv6 multicast.
    /// </summary>
    public KernelAddress LocalAddress => _batch.PacketInfoOf(_message).Local;

    /// <summary>Where it was sent to, such as a multicast group, with port 0; the default value without <see cref="DatagramOptions.TellsDestination"/>.</summary>
    public KernelAddress Destination => _batch.PacketInfoOf(_message).Destination;

    /// <summary>The interface that it came in on; 0 without <see cref="DatagramOptions.TellsDestination"/>.</summary>
    public uint InterfaceIndex => _batch.PacketInfoOf(_message).InterfaceIndex;
}
