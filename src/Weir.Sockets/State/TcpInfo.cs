using Weir.Linux;

namespace Weir.Sockets;

/// <summary>What the kernel knows about a TCP connection (TCP_INFO), the fields that explain the most. <see cref="Raw"/> has all.</summary>
public readonly record struct TcpInfo
{
    public TcpInfo(tcp_info raw) => Raw = raw;

    public tcp_info Raw { get; }

    public TcpState State => (TcpState)Raw.tcpi_state;

    /// <summary>Smoothed round trip time.</summary>
    public uint RttUs => Raw.tcpi_rtt;

    /// <summary>Mean deviation of the round trip time.</summary>
    public uint RttVarUs => Raw.tcpi_rttvar;

    /// <summary>The shortest round trip of late; what a queue adds is on top of it.</summary>
    public uint MinRttUs => Raw.tcpi_min_rtt;

    /// <summary>Time until an unacknowledged segment is sent again.</summary>
    public uint RtoUs => Raw.tcpi_rto;

    /// <summary>Congestion window.</summary>
    public uint CongestionWindowSegments => Raw.tcpi_snd_cwnd;

    public uint SendMssBytes => Raw.tcpi_snd_mss;

    /// <summary>Sent and not yet acknowledged.</summary>
    public uint UnackedSegments => Raw.tcpi_unacked;

    /// <summary>Sent more than once, since the connection began.</summary>
    public uint RetransmittedSegments => Raw.tcpi_total_retrans;

    public ulong AckedBytes => Raw.tcpi_bytes_acked;

    public ulong ReceivedBytes => Raw.tcpi_bytes_received;

    /// <summary>Written by the application and not yet sent.</summary>
    public uint NotSentBytes => Raw.tcpi_notsent_bytes;

    /// <summary>The peer's receive window.</summary>
    public uint PeerWindowBytes => Raw.tcpi_snd_wnd;

    public ulong DeliveryRateBytesPerSecond => Raw.tcpi_delivery_rate;

    /// <summary>Time with something to send.</summary>
    public ulong BusyUs => Raw.tcpi_busy_time;

    /// <summary>The part of <see cref="BusyUs"/> in which the peer's window was full: its reader is slow.</summary>
    public ulong ReceiveWindowLimitedUs => Raw.tcpi_rwnd_limited;

    /// <summary>The part of <see cref="BusyUs"/> in which our send buffer was too small.</summary>
    public ulong SendBufferLimitedUs => Raw.tcpi_sndbuf_limited;
}
