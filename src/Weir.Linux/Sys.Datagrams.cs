using System.Runtime.CompilerServices;

namespace Weir.Linux;

// Several messages in one call.
public static unsafe partial class Sys
{
    /// <summary>sendmmsg(2): the number of messages that were taken. What the headers point to must stay in place until the call returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SysResult SendMMsg(int fd, Span<mmsghdr> messages, int flags)
    {
        fixed (mmsghdr* first = messages)
            return Call(NR.sendmmsg, fd, (nint)first, messages.Length, flags);
    }

    /// <summary>recvmmsg(2): the number of messages that came. What the headers point to must stay in place until the call returns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SysResult RecvMMsg(int fd, Span<mmsghdr> messages, int flags)
    {
        fixed (mmsghdr* first = messages)
            return Call(NR.recvmmsg, fd, (nint)first, messages.Length, flags);
    }
}
