using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

public sealed partial class KernelSocket
{
    /// <summary>SCM_MAX_FD: descriptors that one message can carry (unix(7)).</summary>
    internal const int MaxDescriptors = 253;

    /// <summary>sendmsg(2): bytes together with control messages, such as descriptors (SCM_RIGHTS) or credentials.</summary>
    /// <param name="bytes">At least one byte on a stream, or the control messages have nothing to travel with.</param>
    /// <param name="control">What a <see cref="ControlMessageWriter"/> wrote.</param>
    /// <param name="flags">MSG_MORE and so on.</param>
    /// <param name="to">The receiver, for a socket that is not connected.</param>
    public unsafe SysResult SendMessage(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> control, int flags = 0, in KernelAddress to = default)
    {
        using FdHold fd = new(Fd);
        fixed (byte* data = bytes, ancillary = control, name = to.Bytes)
        {
            iovec piece = new() { iov_base = data, iov_len = (nuint)bytes.Length };
            msghdr message = new()
            {
                msg_name = name,
                msg_namelen = (uint)to.Bytes.Length,
                msg_iov = &piece,
                msg_iovlen = 1,
                msg_control = ancillary,
                msg_controllen = (nuint)control.Length,
            };
            return Sys.SendMsg(fd.Number, ref message, flags | MSG_NOSIGNAL);
        }
    }

    /// <summary>The same with descriptors that the receiver gets as its own (SCM_RIGHTS), at most <see cref="MaxDescriptors"/>.</summary>
    /// <exception cref="ObjectDisposedException">One is closed already.</exception>
    internal SysResult SendMessage(ReadOnlySpan<byte> bytes, IReadOnlyList<SafeFd> descriptors)
    {
        if (descriptors.Count == 0)
            return SendMessage(bytes, control: default);
        if (descriptors.Count > MaxDescriptors)
            return SysResult.Failed(Errno.EINVAL);
        Span<int> numbers = stackalloc int[descriptors.Count];
        Span<byte> buffer = stackalloc byte[ControlMessageWriter.SpaceFor(descriptors.Count * sizeof(int))];
        using HeldDescriptors held = new(descriptors, numbers);
        var control = new ControlMessageWriter(buffer);
        control.AddDescriptors(numbers);
        return SendMessage(bytes, control.Written);
    }

    /// <summary>
    /// recvmsg(2): bytes and the control messages that came with them. Received descriptors are close-on-exec and the caller's: a
    /// <see cref="ControlMessageReader"/> takes or closes them. With MSG_PEEK they are received anew each time.
    /// </summary>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="control">Gets the control messages; without room for them, their descriptors are closed by the kernel.</param>
    /// <param name="received">How much of both was filled, and what was cut off.</param>
    /// <param name="flags">MSG_PEEK and so on.</param>
    public SysResult ReceiveMessage(Span<byte> buffer, Span<byte> control, out ReceivedMessage received, int flags = 0) =>
        ReceiveMessage(buffer, control, out received, out _, flags);

    /// <inheritdoc cref="ReceiveMessage(Span{byte}, Span{byte}, out ReceivedMessage, int)"/>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="control">Gets the control messages.</param>
    /// <param name="received">How much of both was filled, and what was cut off.</param>
    /// <param name="from">Who sent it; with MSG_ERRQUEUE whom the failed datagram was for.</param>
    /// <param name="flags">MSG_PEEK and so on.</param>
    public unsafe SysResult ReceiveMessage(
        Span<byte> buffer, Span<byte> control, out ReceivedMessage received, out KernelAddress from, int flags = 0)
    {
        Span<byte> address = stackalloc byte[KernelAddress.MaxBytes];
        using FdHold fd = new(Fd);
        fixed (byte* data = buffer, ancillary = control, name = address)
        {
            iovec piece = new() { iov_base = data, iov_len = (nuint)buffer.Length };
            msghdr message = new()
            {
                msg_name = name,
                msg_namelen = KernelAddress.MaxBytes,
                msg_iov = &piece,
                msg_iovlen = 1,
                msg_control = ancillary,
                msg_controllen = (nuint)control.Length,
            };
            SysResult result = Sys.RecvMsg(fd.Number, ref message, flags | MSG_CMSG_CLOEXEC);
            received = result.IsOk ? new ReceivedMessage(result.Value, (int)message.msg_controllen, message.msg_flags) : default;
            from = result.IsOk ? KernelAddress.FromBytes(address[..(int)Math.Min(message.msg_namelen, KernelAddress.MaxBytes)]) : default;
            return result;
        }
    }

    /// <summary>sendmmsg(2): several messages in one call; the number that was taken. Headers and what they point to must stay in place.</summary>
    public SysResult SendMessages(Span<mmsghdr> messages, int flags = 0)
    {
        using FdHold fd = new(Fd);
        return Sys.SendMMsg(fd.Number, messages, flags | MSG_NOSIGNAL);
    }

    /// <summary>recvmmsg(2): several messages in one call; the number that came. Headers and what they point to must stay in place.</summary>
    public SysResult ReceiveMessages(Span<mmsghdr> messages, int flags = 0)
    {
        using FdHold fd = new(Fd);
        return Sys.RecvMMsg(fd.Number, messages, flags | MSG_CMSG_CLOEXEC);
    }
}
