using static Weir.Linux.Uapi;

namespace Weir.Linux;

// unshare(2), prctl(2), and the requests of netdevice(7) that take a structure.
public static unsafe partial class Sys
{
    /// <summary>unshare(2): the calling thread, and whatever it starts from now on, gets namespaces of its own.</summary>
    /// <param name="flags">CLONE_NEWNET; EPERM without CAP_SYS_ADMIN in the user namespace.</param>
    public static SysResult Unshare(int flags) => Call(NR.unshare, flags);

    /// <summary>PR_SET_TIMERSLACK: how late the kernel may wake the calling thread from a wait with a time limit, in nanoseconds.</summary>
    public static SysResult SetTimerSlack(long slackNs) => Call(NR.prctl, PR_SET_TIMERSLACK, (nint)slackNs);

    /// <summary>PR_SET_CHILD_SUBREAPER: orphaned descendants become children of this process instead of init's.</summary>
    public static SysResult SetChildSubreaper() => Call(NR.prctl, PR_SET_CHILD_SUBREAPER, 1);

    /// <summary>ioctl(2) with a structure that the kernel reads and writes: SIOCGIFINDEX and the like (netdevice(7)).</summary>
    public static SysResult Ioctl(int fd, uint request, Span<byte> argument)
    {
        fixed (byte* start = argument)
            return Call(NR.ioctl, fd, (nint)request, (nint)start);
    }

    /// <summary>SIOCETHTOOL with one of the commands that take a number, such as ETHTOOL_STSO.</summary>
    /// <param name="fd">Any socket of the interface's network namespace.</param>
    /// <param name="interfaceName">At most fifteen bytes.</param>
    /// <param name="command">ETHTOOL_S*.</param>
    /// <param name="value">0 switches off.</param>
    public static SysResult SetEthtool(int fd, ReadOnlySpan<byte> interfaceName, uint command, uint value)
    {
        ethtool_value setting = new() { cmd = command, data = value };
        ifreq request = new() { ifr_data = &setting };
        interfaceName[..Math.Min(interfaceName.Length, IFNAMSIZ - 1)].CopyTo(new Span<byte>(&request, IFNAMSIZ));
        return Call(NR.ioctl, fd, (nint)SIOCETHTOOL, (nint)(&request));
    }
}
