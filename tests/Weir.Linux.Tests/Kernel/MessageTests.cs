using System.Runtime.CompilerServices;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

/// <summary>sendmsg(2) and recvmsg(2): the structures that hold pointers.</summary>
public sealed unsafe class MessageTests
{
    [Fact]
    public void Vectors_AreGatheredAndScattered()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            Assert.Equal(6, Assert.Ok(Gather(first, "ab"u8, "cdef"u8)));

            byte* left = stackalloc byte[3];
            byte* right = stackalloc byte[8];
            iovec* parts = stackalloc iovec[2];
            parts[0] = new iovec { iov_base = left, iov_len = 3 };
            parts[1] = new iovec { iov_base = right, iov_len = 8 };
            var message = new msghdr { msg_iov = parts, msg_iovlen = 2 };

            Assert.Equal(6, Assert.Ok(Sys.RecvMsg(second.Number, ref message, 0)));
            Assert.Equal("abc"u8, new ReadOnlySpan<byte>(left, 3));
            Assert.Equal("def"u8, new ReadOnlySpan<byte>(right, 3));
        }
    }

    [Fact]
    public void RecvMsg_OfALongMessage_SetsTruncInTheHeader()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair(SOCK_DGRAM);
        using (first)
        using (second)
        {
            Assert.Ok(Sys.Send(first.Number, new byte[10], MSG_NOSIGNAL));
            byte* space = stackalloc byte[4];
            var part = new iovec { iov_base = space, iov_len = 4 };
            var message = new msghdr { msg_iov = &part, msg_iovlen = 1 };

            Assert.Equal(4, Assert.Ok(Sys.RecvMsg(second.Number, ref message, 0)));
            Assert.Equal(MSG_TRUNC, message.msg_flags & MSG_TRUNC);
        }
    }

    [Fact]
    public void Credentials_OfTheSender_ArriveAsControlMessage()
    {
        (SafeFd first, SafeFd second) = Loopback.Pair();
        using (first)
        using (second)
        {
            Assert.Ok(Sys.SetSockOpt(second.Number, SOL_SOCKET, SO_PASSCRED, 1));
            Assert.Ok(Sys.Send(first.Number, "x"u8, MSG_NOSIGNAL));

            byte data;
            ulong* control = stackalloc ulong[8];
            var part = new iovec { iov_base = &data, iov_len = 1 };
            var message = new msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = 64 };
            Assert.Ok(Sys.RecvMsg(second.Number, ref message, 0));

            cmsghdr header = Unsafe.Read<cmsghdr>(control);
            Assert.Equal((SOL_SOCKET, SCM_CREDENTIALS), (header.cmsg_level, header.cmsg_type));
            Assert.Equal(sizeof(cmsghdr) + sizeof(ucred), (int)header.cmsg_len);
            Assert.Equal(Environment.ProcessId, Unsafe.Read<ucred>((byte*)control + sizeof(cmsghdr)).pid);
        }
    }

    private static SysResult Gather(SafeFd socket, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        fixed (byte* first = left, second = right)
        {
            iovec* parts = stackalloc iovec[2];
            parts[0] = new iovec { iov_base = first, iov_len = (nuint)left.Length };
            parts[1] = new iovec { iov_base = second, iov_len = (nuint)right.Length };
            var message = new msghdr { msg_iov = parts, msg_iovlen = 2 };
            return Sys.SendMsg(socket.Number, ref message, MSG_NOSIGNAL);
        }
    }
}
