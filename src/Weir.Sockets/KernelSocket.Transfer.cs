using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public sealed partial class KernelSocket
{
    /// <summary>accept4(2): null and the errno when there is no connection to take.</summary>
    /// <param name="error">
    /// EAGAIN: nobody waits; EMFILE, ENFILE, ENOMEM: out of resources; ECONNABORTED: that one is gone, try the next.
    /// </param>
    /// <param name="blocking">Whether calls on the new socket wait in the kernel.</param>
    public KernelSocket? TryAccept(out Errno error, bool blocking = false)
    {
        using FdHold fd = new(Fd);
        SysResult accepted = Sys.Accept(fd.Number, CreationFlags(blocking));
        error = accepted.Errno;
        return accepted.IsOk ? Own(accepted.Value) : null;
    }

    /// <summary>recv(2). Zero bytes of a stream say that the peer has finished.</summary>
    public SysResult Receive(Span<byte> buffer, int flags = 0)
    {
        using FdHold fd = new(Fd);
        return Sys.Recv(fd.Number, buffer, flags);
    }

    /// <summary>recvfrom(2).</summary>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="from">Who sent them; the default value when the sender has no address, as on streams and unbound unix sockets.</param>
    /// <param name="flags">MSG_PEEK and so on.</param>
    public SysResult ReceiveFrom(Span<byte> buffer, out KernelAddress from, int flags = 0)
    {
        Span<byte> address = stackalloc byte[KernelAddress.MaxBytes];
        using FdHold fd = new(Fd);
        SysResult received = Sys.RecvFrom(fd.Number, buffer, flags, address, out int length);
        from = received.IsOk ? KernelAddress.FromBytes(address[..Math.Min(length, address.Length)]) : default;
        return received;
    }

    /// <summary>send(2). It may take fewer bytes than it is given, and never raises SIGPIPE.</summary>
    public SysResult Send(ReadOnlySpan<byte> bytes, int flags = 0)
    {
        using FdHold fd = new(Fd);
        return Sys.Send(fd.Number, bytes, flags | MSG_NOSIGNAL);
    }

    /// <summary>sendto(2).</summary>
    public SysResult SendTo(ReadOnlySpan<byte> bytes, in KernelAddress to, int flags = 0)
    {
        using FdHold fd = new(Fd);
        return Sys.SendTo(fd.Number, bytes, flags | MSG_NOSIGNAL, to.Bytes);
    }

    /// <summary>sendmsg(2) of several pieces at once, in order.</summary>
    /// <param name="pieces">What they point to must stay in place until the call returns.</param>
    /// <param name="flags">MSG_MORE and so on.</param>
    public unsafe SysResult Send(ReadOnlySpan<iovec> pieces, int flags = 0)
    {
        using FdHold fd = new(Fd);
        fixed (iovec* first = pieces)
        {
            msghdr message = new() { msg_iov = first, msg_iovlen = (nuint)pieces.Length };
            return Sys.SendMsg(fd.Number, ref message, flags | MSG_NOSIGNAL);
        }
    }
}
