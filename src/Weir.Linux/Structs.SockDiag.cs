using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct inet_diag_sockid (sock_diag(7)): ports and addresses in network byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct inet_diag_sockid
{
    public ushort idiag_sport;
    public ushort idiag_dport;

    /// <summary>Of IPv4 the first four bytes.</summary>
    public fixed byte idiag_src[16];
    public fixed byte idiag_dst[16];
    public uint idiag_if;
    public fixed uint idiag_cookie[2];
}

/// <summary>struct inet_diag_req_v2 (sock_diag(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct inet_diag_req_v2
{
    public byte sdiag_family;
    public byte sdiag_protocol;
    public byte idiag_ext;
    private readonly byte _padding;
    public uint idiag_states;
    public inet_diag_sockid id;
}

/// <summary>struct inet_diag_msg (sock_diag(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct inet_diag_msg
{
    public byte idiag_family;
    public byte idiag_state;
    public byte idiag_timer;
    public byte idiag_retrans;
    public inet_diag_sockid id;
    public uint idiag_expires;
    public uint idiag_rqueue;
    public uint idiag_wqueue;
    public uint idiag_uid;

    /// <summary>0 of a socket that no process has accepted yet.</summary>
    public uint idiag_inode;
}
