using Weir.Linux;
using static Weir.Inspect.Tracing.BpfRegister;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>
/// The programs that note which socket has a flow: one for packets that leave, one for packets that come. They run for every packet of a socket that
/// was created in the cgroup: before a packet that leaves reaches the interface, and after one that comes has passed it.
/// </summary>
internal static class FlowMarks
{
    /// <summary>The socket's own address (16), the peer's (16), the own port (2), the peer's (2), the protocol (1), nothing (3). IPv4 as IPv6 that stands for it.</summary>
    public const int KeyBytes = 40;

    public const int RemoteAt = 16;
    public const int LocalPortAt = 32;
    public const int RemotePortAt = 34;
    public const int ProtocolAt = 36;

    /// <summary>The cookie of the socket that began (8), that of the last packet's (8), when that was (8, CLOCK_MONOTONIC in ns).</summary>
    public const int ValueBytes = 24;

    public const int LastCookieAt = 8;
    public const int LastSeenAt = 16;

    // On the stack.
    private const int Key = -KeyBytes;
    private const int Value = Key - ValueBytes;
    private const int Scratch = Value - 8;

    // What comes before the ports in IPv6; packets with more of them are not noted.
    private const int MaxExtensionHeaders = 4;
    private const int IPv6HeaderBytes = 40;

    public static bpf_insn[] Assemble(BpfMap flows, BpfMap sockets, bool isLeaving)
    {
        var program = new BpfAssembler();
        program.Move(R6, R1);
        for (int at = Key; at < 0; at += 8)
            program.Store(BpfWidth.Double, Frame, at, number: 0);
        LoadBytes(program, from: 0, to: Scratch, count: 1);
        program.Load(BpfWidth.Byte, R7, Frame, Scratch);
        program.ShiftRight(R7, 4);
        program.JumpIfEqual(R7, 6, "IPv6");
        program.JumpIfNotEqual(R7, 4, "done");
        ReadIPv4(program, isLeaving);
        program.Jump("transport");
        program.Place("IPv6");
        ReadIPv6(program, isLeaving);
        program.Place("transport");
        ReadPorts(program, isLeaving);
        program.Place("key is known");
        Note(program, flows, sockets);
        program.Place("done");
        // The packet may go on.
        program.Move(R0, 1);
        program.Exit();
        return program.Assemble();
    }

    // R7 is then where the transport's header begins.
    private static void ReadIPv4(BpfAssembler program, bool isLeaving)
    {
        (int source, int destination) = Sides(isLeaving, Key, Key + RemoteAt);
        // Its last 13 bits are the offset of a fragment, in network order: only the first one has ports.
        LoadBytes(program, from: 6, to: Scratch, count: 2);
        program.Load(BpfWidth.Half, R7, Frame, Scratch);
        program.And(R7, 0xFF1F);
        program.JumpIfNotEqual(R7, 0, "done");
        LoadBytes(program, from: 9, to: Key + ProtocolAt, count: 1);
        LoadBytes(program, from: 12, to: source + 12, count: 4);
        LoadBytes(program, from: 16, to: destination + 12, count: 4);
        program.Store(BpfWidth.Half, Frame, source + 10, number: -1);
        program.Store(BpfWidth.Half, Frame, destination + 10, number: -1);
        LoadBytes(program, from: 0, to: Scratch, count: 1);
        program.Load(BpfWidth.Byte, R7, Frame, Scratch);
        program.And(R7, 0xF);
        program.ShiftLeft(R7, 2);
    }

    private static void ReadIPv6(BpfAssembler program, bool isLeaving)
    {
        (int source, int destination) = Sides(isLeaving, Key, Key + RemoteAt);
        LoadBytes(program, from: 6, to: Key + ProtocolAt, count: 1);
        LoadBytes(program, from: 8, to: source, count: 16);
        LoadBytes(program, from: 24, to: destination, count: 16);
        program.Move(R7, IPv6HeaderBytes);
        for (int i = 0; i < MaxExtensionHeaders; i++)
        {
            program.Load(BpfWidth.Byte, R8, Frame, Key + ProtocolAt);
            program.JumpIfEqual(R8, IPPROTO_HOPOPTS, $"extension {i}");
            program.JumpIfEqual(R8, IPPROTO_ROUTING, $"extension {i}");
            program.JumpIfNotEqual(R8, IPPROTO_DSTOPTS, "transport");
            program.Place($"extension {i}");
            // The next header's kind, and the length in units of eight bytes, of which the first is not counted.
            LoadBytes(program, from: R7, plus: 0, to: Key + ProtocolAt, count: 1);
            LoadBytes(program, from: R7, plus: 1, to: Scratch, count: 1);
            program.Load(BpfWidth.Byte, R8, Frame, Scratch);
            program.ShiftLeft(R8, 3);
            program.Add(R7, R8);
            program.Add(R7, 8);
        }
    }

    // TCP and UDP have ports, an echo has an identifier. Of other packets only those that leave are noted: a raw socket gets copies of what is for others.
    private static void ReadPorts(BpfAssembler program, bool isLeaving)
    {
        (int source, int destination) = Sides(isLeaving, Key + LocalPortAt, Key + RemotePortAt);
        program.Load(BpfWidth.Byte, R8, Frame, Key + ProtocolAt);
        program.JumpIfEqual(R8, IPPROTO_TCP, "ports");
        program.JumpIfEqual(R8, IPPROTO_UDP, "ports");
        if (isLeaving)
            ReadEcho(program, source, destination);
        else
            program.Jump("done");
        program.Place("ports");
        LoadBytes(program, from: R7, plus: 0, to: source, count: 2);
        LoadBytes(program, from: R7, plus: 2, to: destination, count: 2);
    }

    private static void ReadEcho(BpfAssembler program, int source, int destination)
    {
        program.JumpIfEqual(R8, IPPROTO_ICMP, "message");
        program.JumpIfNotEqual(R8, IPPROTO_ICMPV6, "key is known");
        program.Place("message");
        LoadBytes(program, from: R7, plus: 0, to: Scratch, count: 1);
        program.Load(BpfWidth.Byte, R9, Frame, Scratch);
        foreach (int type in (int[])[ICMP_ECHO, ICMP_ECHOREPLY, ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY])
            program.JumpIfEqual(R9, type, "echo");
        program.Jump("done");
        program.Place("echo");
        LoadBytes(program, from: R7, plus: 4, to: source, count: 2);
        LoadBytes(program, from: R7, plus: 4, to: destination, count: 2);
        program.Jump("key is known");
    }

    // A flow belongs to the socket that had its first packet, until another one that was created here has it: what is accepted has a cookie of its own
    // and was never created.
    private static void Note(BpfAssembler program, BpfMap flows, BpfMap sockets)
    {
        program.Move(R1, R6);
        program.Call(BPF_FUNC_get_socket_cookie);
        program.Move(R9, R0);
        program.JumpIfEqual(R9, 0, "done");
        program.Call(BPF_FUNC_ktime_get_ns);
        program.Move(R8, R0);
        program.LoadMap(R1, flows);
        program.AddressOf(R2, Key);
        program.Call(BPF_FUNC_map_lookup_elem);
        program.JumpIfEqual(R0, 0, "new");

        program.Move(R7, R0);
        program.Store(BpfWidth.Double, R7, LastCookieAt, R9);
        program.Store(BpfWidth.Double, R7, LastSeenAt, R8);
        program.Load(BpfWidth.Double, R1, R7, at: 0);
        program.JumpIfEqual(R1, R9, "done");
        program.Store(BpfWidth.Double, Frame, Scratch, R9);
        program.LoadMap(R1, sockets);
        program.AddressOf(R2, Scratch);
        program.Call(BPF_FUNC_map_lookup_elem);
        program.JumpIfEqual(R0, 0, "done");
        program.Store(BpfWidth.Double, R7, at: 0, R9);
        program.Jump("done");

        program.Place("new");
        program.Store(BpfWidth.Double, Frame, Value, R9);
        program.Store(BpfWidth.Double, Frame, Value + LastCookieAt, R9);
        program.Store(BpfWidth.Double, Frame, Value + LastSeenAt, R8);
        program.LoadMap(R1, flows);
        program.AddressOf(R2, Key);
        program.AddressOf(R3, Value);
        program.Move(R4, (int)BPF_ANY);
        program.Call(BPF_FUNC_map_update_elem);
    }

    private static void LoadBytes(BpfAssembler program, int from, int to, int count)
    {
        program.Move(R2, from);
        LoadBytes(program, to, count);
    }

    private static void LoadBytes(BpfAssembler program, BpfRegister from, int plus, int to, int count)
    {
        program.Move(R2, from);
        program.Add(R2, plus);
        LoadBytes(program, to, count);
    }

    // A packet that ends before is not noted.
    private static void LoadBytes(BpfAssembler program, int to, int count)
    {
        program.Move(R1, R6);
        program.AddressOf(R3, to);
        program.Move(R4, count);
        program.Call(BPF_FUNC_skb_load_bytes);
        program.JumpIfNotEqual(R0, 0, "done");
    }

    // A socket's own side is the source of what leaves and the destination of what comes.
    private static (int Source, int Destination) Sides(bool isLeaving, int local, int remote) => isLeaving ? (local, remote) : (remote, local);
}
