using System.Runtime.CompilerServices;
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
    private const int MaxTries = 100;

    private static readonly TimeSpan s_fullPause = TimeSpan.FromMilliseconds(1);

    private readonly PacketSocket _port;
    private readonly mmsghdr* _messages = (mmsghdr*)NativeMemory.AllocZeroed(MaxFrames, (nuint)sizeof(mmsghdr));
    private readonly iovec* _pieces = (iovec*)NativeMemory.AllocZeroed(MaxFrames, (nuint)sizeof(iovec));
    private readonly byte* _copies = (byte*)NativeMemory.Alloc(CopyBytes);
    private int _count;
    private int _copied;

    public FrameBatch(PacketSocket port)
    {
        _port = port;
        for (int i = 0; i < MaxFrames; i++)
        {
            _messages[i].msg_hdr.msg_iov = _pieces + i;
            _messages[i].msg_hdr.msg_iovlen = 1;
        }
    }

    /// <summary>Frames that the kernel did not take: too long for the interface, or too short for Ethernet.</summary>
    public long Refused { get; private set; }

    /// <summary>The bytes stay where they are until the batch has left.</summary>
    public void Add(byte* bytes, int length)
    {
        if (_count == MaxFrames)
            Flush();
        _pieces[_count++] = new iovec { iov_base = bytes, iov_len = (nuint)length };
    }

    public void AddCopy(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > CopyBytes)
        {
            Refused++;
            return;
        }

        if (_count == MaxFrames || _copied + bytes.Length > CopyBytes)
            Flush();
        bytes.CopyTo(new Span<byte>(_copies + _copied, bytes.Length));
        Add(_copies + _copied, bytes.Length);
        _copied += bytes.Length;
    }

    public void Flush()
    {
        using FdHold fd = new(_port.Fd);
        int tries = 0;
        for (int done = 0; done < _count;)
        {
            SysResult sent = Sys.SendMMsg(fd.Number, new Span<mmsghdr>(_messages + done, _count - done), MSG_DONTWAIT);
            if (sent.IsOk)
                done += sent.Value;
            else if (sent.Errno is Errno.EAGAIN or Errno.ENOBUFS or Errno.EINTR && tries++ < MaxTries)
                WaitForRoom(fd.Number);
            else
                (done, Refused) = (done + 1, Refused + 1);
        }

        (_count, _copied) = (0, 0);
    }

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_pieces);
        NativeMemory.Free(_copies);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WaitForRoom(int fd)
    {
        Span<pollfd> one = [new pollfd { fd = fd, events = POLLOUT }];
        Sys.Poll(one, s_fullPause);
    }
}
