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

    // The longest UDP payload over IPv6 without jumbograms is 65,527 less the header of 8; less still with IPv4's header.
    private const int MaxJoinedBytes = 65_507;
    private const int NameBytes = KernelAddress.MaxBytes;

    // UDP_MAX_SEGMENTS of the kernel (linux/udp.h). One that takes fewer refuses the message, which then leaves cut.
    private static readonly int s_maxSegments = Environment.OSVersion.Version >= new Version(6, 9) ? 128 : 64;

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

    // The message that more datagrams may still join: their size, and for how many there is room. 0 when there is none.
    private int _openBytes;
    private int _openRoom;
    private bool _isOpenToNobody;

    public bool IsEmpty => _count == 0;

    /// <summary>Messages, of one or more datagrams each.</summary>
    public int Count => _count;

    public bool TryAdd(ReadOnlySpan<byte> datagram, in KernelAddress to, in KernelAddress source, bool joins)
    {
        if (joins && datagram.Length == _openBytes && _openRoom > 0 && IsSameWay(to, source))
        {
            datagram.CopyTo(_data.AsSpan(_filled));
            _filled += datagram.Length;
            _segments[_count - 1]++;
            _openRoom--;
            return true;
        }

        return TryAddOther(datagram, to, source, joins);
    }

    /// <summary>Adds datagrams of one size that stay where they are until they are sent.</summary>
    /// <param name="start">The first byte of the first, which stays in place.</param>
    /// <param name="length">Bytes of all together; the last may be shorter.</param>
    /// <param name="datagramBytes">The size of each.</param>
    /// <param name="to">The receiver; the default value of a connected socket.</param>
    /// <param name="joins">Whether the kernel may cut them.</param>
    /// <returns>How many bytes there was room for.</returns>
    public int AddRun(byte* start, int length, int datagramBytes, in KernelAddress to, bool joins)
    {
        int perMessage = joins ? Math.Clamp(MaxJoinedBytes / datagramBytes, 1, s_maxSegments) * datagramBytes : datagramBytes;
        int added = 0;
        while (added < length && _count < MaxMessages)
        {
            int bytes = Math.Min(perMessage, length - added);
            Open(start + added, bytes, datagramBytes, segments: (bytes + datagramBytes - 1) / datagramBytes, to, source: default);
            added += bytes;
        }

        return added;
    }

    /// <summary>sendmmsg(2) from one message on; the number of messages that were taken.</summary>
    public SysResult Send(KernelSocket socket, int first)
    {
        CloseLast();
        return socket.SendMessages(_headers.AsSpan(first, _count - first), MSG_DONTWAIT);
    }

    /// <summary>Datagrams in a message.</summary>
    public int SegmentsOf(int message) => _segments[message];

    /// <summary>The size of a message's datagrams; the last may be shorter.</summary>
    public int SegmentBytesOf(int message) => _segmentBytes[message];

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

    public void Clear() => (_count, _filled, _openBytes, _openRoom) = (0, 0, 0, 0);

    private bool TryAddOther(ReadOnlySpan<byte> datagram, in KernelAddress to, in KernelAddress source, bool joins)
    {
        if (datagram.Length > CapacityBytes - _filled)
            return false;
        // Only the last of a message may be shorter than the others, and ends it.
        bool endsMessage = joins && !datagram.IsEmpty && datagram.Length < _openBytes && _openRoom > 0 && IsSameWay(to, source);
        if (!endsMessage && _count == MaxMessages)
            return false;
        if (endsMessage)
        {
            int last = _count - 1;
            _segments[last]++;
            _pieces[last].iov_len = (nuint)(((_segments[last] - 1) * _openBytes) + datagram.Length);
            (_openBytes, _openRoom) = (0, 0);
        }
        else
        {
            // SAFETY: the data lies on the pinned heap and lives as long as this object.
            byte* start = (byte*)Unsafe.AsPointer(ref _data[Math.Min(_filled, CapacityBytes - 1)]);
            Open(start, datagram.Length, datagram.Length, segments: 1, to, source);
            int room = datagram.IsEmpty || !joins ? 0 : Math.Min(MaxJoinedBytes / datagram.Length, (CapacityBytes - _filled) / datagram.Length);
            (_openBytes, _openRoom) = (datagram.Length, Math.Min(room, s_maxSegments) - 1);
            _isOpenToNobody = to.IsNone && source.IsNone;
        }

        datagram.CopyTo(_data.AsSpan(_filled));
        _filled += datagram.Length;
        return true;
    }

    private bool IsSameWay(in KernelAddress to, in KernelAddress source) =>
        _isOpenToNobody ? to.IsNone && source.IsNone : _lastPeer == to && _lastSource == source;

    private void Open(byte* start, int length, int segmentBytes, int segments, in KernelAddress to, in KernelAddress source)
    {
        CloseLast();
        int message = _count++;
        // SAFETY: these arrays lie on the pinned heap and live as long as this object.
        _pieces[message] = new iovec { iov_base = start, iov_len = (nuint)length };
        ref msghdr header = ref _headers[message].msg_hdr;
        header.msg_iov = (iovec*)Unsafe.AsPointer(ref _pieces[message]);
        header.msg_iovlen = 1;
        to.Bytes.CopyTo(_names.AsSpan(message * NameBytes));
        header.msg_name = to.IsNone ? null : Unsafe.AsPointer(ref _names[message * NameBytes]);
        header.msg_namelen = (uint)to.Bytes.Length;
        header.msg_control = null;
        header.msg_controllen = 0;
        (_segments[message], _segmentBytes[message]) = (segments, segmentBytes);
        (_lastPeer, _lastSource) = (to, source);
    }

    // Now its number of datagrams is known, and with it its length and its control messages.
    private void CloseLast()
    {
        int last = _count - 1;
        if (_openBytes > 0)
            _pieces[last].iov_len = (nuint)(_segments[last] * _openBytes);
        (_openBytes, _openRoom) = (0, 0);
        if (last < 0 || (_segments[last] == 1 && _lastSource.IsNone))
            return;
        var control = new ControlMessageWriter(ControlOf(last));
        if (_segments[last] > 1)
        {
            ushort size = (ushort)_segmentBytes[last];
            control.Add(IPPROTO_UDP, UDP_SEGMENT, MemoryMarshal.AsBytes(new ReadOnlySpan<ushort>(ref size)));
        }

        if (!_lastSource.IsNone)
            PacketInfo.WriteSource(ref control, _lastSource);
        ref msghdr header = ref _headers[last].msg_hdr;
        header.msg_control = Unsafe.AsPointer(ref _control[last * s_controlBytes]);
        header.msg_controllen = (nuint)control.Written.Length;
    }

    private Span<byte> ControlOf(int message) => _control.AsSpan(message * s_controlBytes, s_controlBytes);
}
