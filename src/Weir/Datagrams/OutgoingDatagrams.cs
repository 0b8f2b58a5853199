using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// Datagrams that wait for a flush, one after the other in one piece of memory. Neighbours of one size and receiver are one message, which the
/// kernel cuts again (UDP_SEGMENT).
/// </summary>
internal sealed unsafe class OutgoingDatagrams
{
    public const int CapacityBytes = 256 * 1024;

    private const int MaxMessages = 64;

    // UDP_MAX_SEGMENTS of kernels before 6.9; later ones take 128.
    private const int MaxSegments = 64;

    // The longest UDP payload over IPv6 without jumbograms is 65,527 less the header of 8; less still with IPv4's header.
    private const int MaxJoinedBytes = 65_507;
    private const int NameBytes = KernelAddress.MaxBytes;

    private static readonly int s_segmentControlBytes = ControlMessageWriter.SpaceFor(sizeof(ushort));
    private static readonly int s_controlBytes = s_segmentControlBytes + PacketInfo.ControlBytes;

    private readonly mmsghdr[] _headers = GC.AllocateArray<mmsghdr>(MaxMessages, pinned: true);
    private readonly iovec[] _pieces = GC.AllocateArray<iovec>(MaxMessages, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(MaxMessages * NameBytes, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(MaxMessages * s_controlBytes, pinned: true);
    private readonly byte[] _data = GC.AllocateUninitializedArray<byte>(CapacityBytes, pinned: true);
    private readonly int[] _segments = new int[MaxMessages];
    private readonly int[] _segmentBytes = new int[MaxMessages];
    private KernelAddress _lastPeer;
    private KernelAddress _lastSource;
    private int _filled;
    private int _count;
    private bool _isLastOpen;

    public bool IsEmpty => _count == 0;

    /// <summary>Messages, of one or more datagrams each.</summary>
    public int Count => _count;

    public bool TryAdd(ReadOnlySpan<byte> datagram, in KernelAddress to, in KernelAddress source, bool joins)
    {
        if (datagram.Length > CapacityBytes - _filled)
            return false;
        if (joins && _isLastOpen && TryJoin(datagram, to, source))
            return true;
        if (_count == MaxMessages)
            return false;
        Start(datagram, to, source);
        return true;
    }

    /// <summary>sendmmsg(2) from one message on; the number of messages that were taken.</summary>
    public SysResult Send(KernelSocket socket, int first)
    {
        CloseLast();
        return socket.SendMessages(_headers.AsSpan(first, _count - first), MSG_DONTWAIT);
    }

    /// <summary>Datagrams in a message.</summary>
    public int SegmentsOf(int message) => _segments[message];

    public int BytesOf(int message) => (int)_pieces[message].iov_len;

    public ReadOnlySpan<byte> Segment(int message, int segment)
    {
        int offset = segment * _segmentBytes[message];
        int length = Math.Min(_segmentBytes[message], BytesOf(message) - offset);
        return new ReadOnlySpan<byte>((byte*)_pieces[message].iov_base + offset, length);
    }

    public KernelAddress PeerOf(int message) =>
        KernelAddress.FromBytes(_names.AsSpan(message * NameBytes, (int)_headers[message].msg_hdr.msg_namelen));

    /// <summary>The control messages of a message without the one that cuts it.</summary>
    public ReadOnlySpan<byte> SourceControl(int message)
    {
        int length = (int)_headers[message].msg_hdr.msg_controllen;
        int start = _segments[message] > 1 ? s_segmentControlBytes : 0;
        return ControlOf(message)[start..length];
    }

    public void Clear() => (_count, _filled, _isLastOpen) = (0, 0, false);

    // All of one size; only the last may be shorter, and ends the message.
    private bool TryJoin(ReadOnlySpan<byte> datagram, in KernelAddress to, in KernelAddress source)
    {
        int last = _count - 1;
        int size = _segmentBytes[last];
        if (datagram.Length > size || datagram.IsEmpty || _segments[last] == MaxSegments || BytesOf(last) + datagram.Length > MaxJoinedBytes)
            return false;
        if (_lastPeer != to || _lastSource != source)
            return false;
        Append(datagram);
        _pieces[last].iov_len += (nuint)datagram.Length;
        _segments[last]++;
        _isLastOpen = datagram.Length == size;
        return true;
    }

    private void Start(ReadOnlySpan<byte> datagram, in KernelAddress to, in KernelAddress source)
    {
        CloseLast();
        int message = _count++;
        // SAFETY: these arrays lie on the pinned heap and live as long as this object.
        _pieces[message] = new iovec { iov_base = Unsafe.AsPointer(ref _data[Math.Min(_filled, CapacityBytes - 1)]), iov_len = (nuint)datagram.Length };
        ref msghdr header = ref _headers[message].msg_hdr;
        header.msg_iov = (iovec*)Unsafe.AsPointer(ref _pieces[message]);
        header.msg_iovlen = 1;
        to.Bytes.CopyTo(_names.AsSpan(message * NameBytes));
        header.msg_name = to.Bytes.IsEmpty ? null : Unsafe.AsPointer(ref _names[message * NameBytes]);
        header.msg_namelen = (uint)to.Bytes.Length;
        header.msg_control = null;
        header.msg_controllen = 0;
        Append(datagram);
        (_segments[message], _segmentBytes[message]) = (1, datagram.Length);
        (_lastPeer, _lastSource) = (to, source);
        _isLastOpen = !datagram.IsEmpty;
    }

    private void Append(ReadOnlySpan<byte> datagram)
    {
        datagram.CopyTo(_data.AsSpan(_filled));
        _filled += datagram.Length;
    }

    // Now its number of segments is known, and with it its control messages.
    private void CloseLast()
    {
        _isLastOpen = false;
        int last = _count - 1;
        if (last < 0 || (_segments[last] == 1 && _lastSource.Bytes.IsEmpty))
            return;
        var control = new ControlMessageWriter(ControlOf(last));
        if (_segments[last] > 1)
        {
            ushort size = (ushort)_segmentBytes[last];
            control.Add(IPPROTO_UDP, UDP_SEGMENT, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(ref size)));
        }

        if (!_lastSource.Bytes.IsEmpty)
            PacketInfo.WriteSource(ref control, _lastSource);
        ref msghdr header = ref _headers[last].msg_hdr;
        header.msg_control = Unsafe.AsPointer(ref _control[last * s_controlBytes]);
        header.msg_controllen = (nuint)control.Written.Length;
    }

    private Span<byte> ControlOf(int message) => _control.AsSpan(message * s_controlBytes, s_controlBytes);
}
