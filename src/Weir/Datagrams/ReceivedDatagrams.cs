using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>
/// What one receive brought: one or more datagrams, in the order of their arrival. It is lent until the channel's next receive. A buffer
/// that the kernel joined from several datagrams (UDP_GRO) appears as those datagrams.
/// </summary>
public sealed unsafe class ReceivedDatagrams
{
    internal const int MaxMessages = 32;

    private const int NameBytes = KernelAddress.MaxBytes;
    private const int ControlBytes = 128;

    // Slots a power of two apart would share the same few lines of the first cache.
    private const int SlotGapBytes = 192;

    private readonly mmsghdr[] _headers = GC.AllocateArray<mmsghdr>(MaxMessages, pinned: true);
    private readonly iovec[] _pieces = GC.AllocateArray<iovec>(MaxMessages, pinned: true);
    private readonly byte[] _names = GC.AllocateArray<byte>(MaxMessages * NameBytes, pinned: true);
    private readonly byte[] _control = GC.AllocateArray<byte>(MaxMessages * ControlBytes, pinned: true);
    private readonly KernelAddress[] _peers = new KernelAddress[MaxMessages];
    private readonly bool[] _hasPeer = new bool[MaxMessages];
    private readonly int[] _datagramBytes = new int[MaxMessages];
    private readonly byte[] _data;
    private readonly int _slotBytes;
    private bool _isPrepared;
    private (bool TellsPeer, bool HasControl) _preparedFor;
    private int _messages;
    private int _cursor;
    private int _cursorFirst;

    internal ReceivedDatagrams(int slotBytes)
    {
        _slotBytes = slotBytes;
        _data = GC.AllocateUninitializedArray<byte>(MaxMessages * (slotBytes + SlotGapBytes), pinned: true);
        for (int i = 0; i < MaxMessages; i++)
        {
            // SAFETY: all of these arrays lie on the pinned heap and live as long as this object.
            _pieces[i] = new iovec { iov_base = Slot(i), iov_len = (nuint)slotBytes };
            _headers[i].msg_hdr.msg_iov = (iovec*)Unsafe.AsPointer(ref _pieces[i]);
            _headers[i].msg_hdr.msg_iovlen = 1;
        }
    }

    /// <summary>How many datagrams there are; 0 only at the end.</summary>
    public int Count { get; private set; }

    /// <summary>Nothing more will come: the channel is closed, or was told to stop reading.</summary>
    public bool IsEnd => Count == 0;

    /// <summary>Bytes of all datagrams together.</summary>
    public long TotalBytes { get; private set; }

    internal static ReceivedDatagrams End { get; } = new(slotBytes: 1);

    internal int SlotBytes => _slotBytes;

    /// <summary>How many of them lost their end.</summary>
    internal int CutCount { get; private set; }

    /// <summary>The datagram at this place; going through them in order is cheap.</summary>
    public ReceivedDatagram this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            if (index < _cursorFirst)
                (_cursor, _cursorFirst) = (0, 0);
            int inMessage = DatagramsIn(_cursor);
            while (index - _cursorFirst >= inMessage)
            {
                _cursorFirst += inMessage;
                inMessage = DatagramsIn(++_cursor);
            }

            return Datagram(_cursor, (index - _cursorFirst) * _datagramBytes[_cursor]);
        }
    }

    public Enumerator GetEnumerator() => new(this);

    /// <summary>recvmmsg(2).</summary>
    /// <param name="socket">Whose datagrams.</param>
    /// <param name="tellsPeer">Whether senders are asked for.</param>
    /// <param name="hasControl">Whether control messages are expected.</param>
    internal SysResult Receive(KernelSocket socket, bool tellsPeer, bool hasControl)
    {
        Prepare(tellsPeer, hasControl);
        // MSG_TRUNC among the flags: the length of a datagram is its own, also when it was cut.
        SysResult received = socket.ReceiveMessages(_headers, MSG_DONTWAIT | MSG_TRUNC);
        _messages = received.IsOk ? received.Value : 0;
        Measure(hasControl);
        return received;
    }

    internal ref readonly KernelAddress PeerOf(int message)
    {
        if (!_hasPeer[message])
        {
            int length = (int)Math.Min(_headers[message].msg_hdr.msg_namelen, NameBytes);
            _peers[message] = KernelAddress.FromBytes(_names.AsSpan(message * NameBytes, length));
            _hasPeer[message] = true;
        }

        return ref _peers[message];
    }

    internal bool IsTruncated(int message) => (_headers[message].msg_hdr.msg_flags & MSG_TRUNC) != 0;

    internal int LengthOf(int message) => (int)_headers[message].msg_len;

    internal PacketInfo PacketInfoOf(int message) => PacketInfo.Read(ControlOf(message));

    // The kernel has overwritten the lengths of those that it filled.
    private void Prepare(bool tellsPeer, bool hasControl)
    {
        bool isSame = _isPrepared && _preparedFor == (tellsPeer, hasControl);
        (_isPrepared, _preparedFor) = (true, (tellsPeer, hasControl));
        for (int i = 0; i < (isSame ? _messages : MaxMessages); i++)
        {
            ref msghdr header = ref _headers[i].msg_hdr;
            header.msg_name = tellsPeer ? Unsafe.AsPointer(ref _names[i * NameBytes]) : null;
            header.msg_namelen = tellsPeer ? NameBytes : 0u;
            header.msg_control = hasControl ? Unsafe.AsPointer(ref _control[i * ControlBytes]) : null;
            header.msg_controllen = hasControl ? ControlBytes : 0u;
        }
    }

    private void Measure(bool hasControl)
    {
        (_cursor, _cursorFirst, Count, CutCount, TotalBytes) = (0, 0, 0, 0, 0);
        for (int i = 0; i < _messages; i++)
        {
            int length = FilledBytes(i);
            int segment = hasControl ? SegmentBytes(ControlOf(i)) : 0;
            _datagramBytes[i] = segment > 0 ? segment : Math.Max(length, 1);
            _hasPeer[i] = false;
            Count += DatagramsIn(i);
            CutCount += IsTruncated(i) ? 1 : 0;
            TotalBytes += length;
        }
    }

    private static int SegmentBytes(ReadOnlySpan<byte> control)
    {
        var messages = new ControlMessageReader(control);
        while (messages.MoveNext())
        {
            if (messages is { Level: IPPROTO_UDP, Type: UDP_GRO })
                return MemoryMarshal.Read<int>(messages.Data);
        }

        return 0;
    }

    private int DatagramsIn(int message) => Math.Max(1, (FilledBytes(message) + _datagramBytes[message] - 1) / _datagramBytes[message]);

    private int FilledBytes(int message) => (int)Math.Min(_headers[message].msg_len, (uint)_slotBytes);

    private ReadOnlySpan<byte> ControlOf(int message) =>
        _control.AsSpan(message * ControlBytes, (int)Math.Min(_headers[message].msg_hdr.msg_controllen, ControlBytes));

    private byte* Slot(int message) => (byte*)Unsafe.AsPointer(ref _data[message * (_slotBytes + SlotGapBytes)]);

    private ReceivedDatagram Datagram(int message, int offset)
    {
        int length = Math.Min(_datagramBytes[message], FilledBytes(message) - offset);
        return new ReceivedDatagram(this, message, new ReadOnlySpan<byte>(Slot(message) + offset, length));
    }

    /// <summary>Goes through a batch, datagram by datagram.</summary>
    public ref struct Enumerator
    {
        private readonly ReceivedDatagrams _batch;
        private int _message = -1;
        private byte* _start;
        private int _length;
        private int _left;
        private int _step;

        internal Enumerator(ReceivedDatagrams batch) => _batch = batch;

        public readonly ReceivedDatagram Current => new(_batch, _message, new ReadOnlySpan<byte>(_start, _length));

        public bool MoveNext()
        {
            _start += _length;
            _left -= _length;
            if (_left <= 0 && !MoveToNextMessage())
                return false;
            _length = Math.Min(_step, _left);
            return true;
        }

        private bool MoveToNextMessage()
        {
            if (++_message >= _batch._messages)
                return false;
            _start = _batch.Slot(_message);
            _left = _batch.FilledBytes(_message);
            _step = _batch._datagramBytes[_message];
            return true;
        }
    }
}
