namespace Weir.Linux;

public static partial class Uapi
{
    // linux/netlink.h
    public const int NETLINK_SOCK_DIAG = 4;

    // linux/sock_diag.h
    public const ushort SOCK_DIAG_BY_FAMILY = 20;

    // linux/inet_diag.h
    public const uint INET_DIAG_NOCOOKIE = 0xFFFFFFFF;
}
