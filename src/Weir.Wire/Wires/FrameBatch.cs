using System.Diagnostics;
using System.Runtime.InteropServices;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>Frames on their way out of one port: they leave together, with one call.</summary>
internal sealed unsafe class FrameBatch : IDisposable
{
    public const int MaxFrames = 64;

    private const int CopyBytes = 512 * 1024;
    private const int MaxTries = 50;

    private readonly PacketSocket _port;
    private readonly IFrameOrigin _origin;
    private readonly mmsghdr* _messages = (mmsghdr*)NativeMemory.AllocZeroed(MaxFrames, (nuint)sizeof(mmsghdr));
    private readonly iovec* _pieces = (iovec*)NativeMemory.AllocZeroed(MaxFrames, (nuint)sizeof(iovec));
    private readonly byte* _copies = (byte*)NativeMemory.Alloc(CopyBytes);
    private readonly WireFrame?[] _frames = new WireFrame?[MaxFrames];
    private int _count;
    private int _copied;
    private bool _isBlocked;

    public FrameBatch(PacketSocket port, IFrameOrigin origin)
    {
        _port = port;
        _origin = origin;
        for (int i = 0; i < MaxFrames; i++)
        {
            _messages[i].msg_hdr.msg_iov = _pieces + i;
            _messages[i].msg_hdr.msg_iovlen = 1;
        }
    }

    /// <summary>A frame that nobody looks at. Its bytes stay where they are until the batch has left.</summary>
    public void Add(byte* bytes, int length) => Add(bytes, length, frame: null);

    public void Add(WireFrame frame)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes.Span;
        if (bytes.Length > CopyBytes)
        {
            _origin.Refused(frame, Errno.EMSGSIZE);
            return;
        }

        if (_copied + bytes.Length > CopyBytes)
            Flush();
        byte* copy = _copies + _copied;
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        _copied += bytes.Length;
        Add(copy, bytes.Length, frame);
    }

    public void Flush()
    {
        using FdHold fd = new(_port.Fd);
        int tries = 0;
        for (int done = 0; done < _count;)
        {
            long now = Stopwatch.GetTimestamp();
            SysResult sent = Sys.SendMMsg(fd.Number, new Span<mmsghdr>(_messages + done, _count - done), MSG_DONTWAIT);
            if (sent.IsOk)
            {
                for (int end = done + sent.Value; done < end; done++)
                    _origin.Left(_frames[done], now);
                _isBlocked = false;
            }
            else if (PacketSocket.IsPassing(sent.Errno) && !_isBlocked && tries++ < MaxTries)
            {
                PacketSocket.WaitForRoom(fd.Number, sent.Errno);
            }
            else
            {
                // The next frames do not wait again, until one has left.
                _isBlocked |= PacketSocket.IsPassing(sent.Errno);
                _origin.Refused(_frames[done++], sent.Errno);
            }
        }

        Array.Clear(_frames, 0, _count);
        (_count, _copied) = (0, 0);
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_copies);
    }

    private void Add(byte* bytes, int length, WireFrame? frame)
    {
        _frames[_count] = frame;
        _pieces[_count++] = new iovec { iov_base = bytes, iov_len = (nuint)length };
        if (_count == MaxFrames)
            Flush();
    }
}
