namespace Weir.Linux;

// linux/bpf.h, linux/bpf_common.h: bpf(2)
public static partial class Uapi
{
    // Commands
    public const int BPF_MAP_CREATE = 0;
    public const int BPF_MAP_LOOKUP_ELEM = 1;
    public const int BPF_MAP_UPDATE_ELEM = 2;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_LINK_CREATE = 28;

    // Kinds of maps, of programs, and of the places where they are attached
    public const uint BPF_MAP_TYPE_LRU_HASH = 9;
    public const uint BPF_PROG_TYPE_CGROUP_SKB = 8;
    public const uint BPF_PROG_TYPE_CGROUP_SOCK = 9;
    public const uint BPF_CGROUP_INET_INGRESS = 0;
    public const uint BPF_CGROUP_INET_EGRESS = 1;
    public const uint BPF_CGROUP_INET_SOCK_CREATE = 2;
    public const uint BPF_CGROUP_INET_SOCK_RELEASE = 34;

    // Instructions: class
    public const byte BPF_LD = 0x00;
    public const byte BPF_LDX = 0x01;
    public const byte BPF_ST = 0x02;
    public const byte BPF_STX = 0x03;
    public const byte BPF_JMP = 0x05;
    public const byte BPF_ALU64 = 0x07;

    // Instructions: size and mode of loads and stores
    public const byte BPF_W = 0x00;
    public const byte BPF_H = 0x08;
    public const byte BPF_B = 0x10;
    public const byte BPF_DW = 0x18;
    public const byte BPF_IMM = 0x00;
    public const byte BPF_MEM = 0x60;

    // Instructions: operation, and what with
    public const byte BPF_ADD = 0x00;
    public const byte BPF_AND = 0x50;
    public const byte BPF_LSH = 0x60;
    public const byte BPF_RSH = 0x70;
    public const byte BPF_MOV = 0xb0;
    public const byte BPF_JA = 0x00;
    public const byte BPF_JEQ = 0x10;
    public const byte BPF_JNE = 0x50;
    public const byte BPF_CALL = 0x80;
    public const byte BPF_EXIT = 0x90;
    public const byte BPF_X = 0x08;
    public const byte BPF_PSEUDO_MAP_FD = 1;

    // What programs may call (bpf-helpers(7))
    public const int BPF_FUNC_map_lookup_elem = 1;
    public const int BPF_FUNC_map_update_elem = 2;
    public const int BPF_FUNC_ktime_get_ns = 5;
    public const int BPF_FUNC_get_current_pid_tgid = 14;
    public const int BPF_FUNC_get_current_comm = 16;
    public const int BPF_FUNC_skb_load_bytes = 26;
    public const int BPF_FUNC_get_socket_cookie = 46;
    public const int BPF_FUNC_get_netns_cookie = 122;
    public const ulong BPF_ANY = 0;

    // netinet/in.h, linux/icmp.h, linux/icmpv6.h: what the programs look for in packets
    public const int IPPROTO_HOPOPTS = 0;
    public const int IPPROTO_ICMP = 1;
    public const int IPPROTO_ROUTING = 43;
    public const int IPPROTO_ICMPV6 = 58;
    public const int IPPROTO_DSTOPTS = 60;
    public const int ICMP_ECHOREPLY = 0;
    public const int ICMP_ECHO = 8;
    public const int ICMPV6_ECHO_REQUEST = 128;
    public const int ICMPV6_ECHO_REPLY = 129;

    // asm-generic/socket.h: since Linux 5.14
    public const int SO_NETNS_COOKIE = 71;
}
