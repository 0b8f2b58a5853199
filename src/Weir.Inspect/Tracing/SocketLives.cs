using Weir.Linux;
using static Weir.Inspect.Tracing.BpfRegister;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>
/// The programs that note who creates a socket, and when it is closed. One runs at the end of socket(2), for each socket of IP; the other one when the last
/// descriptor is closed, before TCP says goodbye.
/// </summary>
internal static class SocketLives
{
    /// <summary>A socket's cookie.</summary>
    public const int KeyBytes = 8;

    /// <summary>The process (4), nothing (4), the network namespace's cookie (8), the process's name (16), when it was closed (8, CLOCK_MONOTONIC in ns; 0 before) and when it was created (8).</summary>
    public const int ValueBytes = 48;

    public const int NamespaceAt = 8;
    public const int NameAt = 16;
    public const int NameBytes = 16;
    public const int ClosedAt = 32;
    public const int CreatedAt = 40;

    // On the stack.
    private const int Value = -ValueBytes;
    private const int Key = Value - KeyBytes;

    public static bpf_insn[] AssembleBegin(BpfMap sockets)
    {
        var program = new BpfAssembler();
        program.Move(R6, R1);

        program.Call(BPF_FUNC_get_socket_cookie);
        program.Store(BpfWidth.Double, Frame, Key, R0);

        program.Call(BPF_FUNC_get_current_pid_tgid);
        program.ShiftRight(R0, 32);
        program.Store(BpfWidth.Double, Frame, Value, R0);

        program.Move(R1, R6);
        program.Call(BPF_FUNC_get_netns_cookie);
        program.Store(BpfWidth.Double, Frame, Value + NamespaceAt, R0);

        program.Store(BpfWidth.Double, Frame, Value + ClosedAt, number: 0);
        program.Call(BPF_FUNC_ktime_get_ns);
        program.Store(BpfWidth.Double, Frame, Value + CreatedAt, R0);
        program.AddressOf(R1, Value + NameAt);
        program.Move(R2, NameBytes);
        program.Call(BPF_FUNC_get_current_comm);

        program.LoadMap(R1, sockets);
        program.AddressOf(R2, Key);
        program.AddressOf(R3, Value);
        program.Move(R4, (int)BPF_ANY);
        program.Call(BPF_FUNC_map_update_elem);

        // The socket is permitted.
        program.Move(R0, 1);
        program.Exit();
        return program.Assemble();
    }

    // What was accepted was never created, and is not known here.
    public static bpf_insn[] AssembleEnd(BpfMap sockets)
    {
        var program = new BpfAssembler();
        program.Call(BPF_FUNC_get_socket_cookie);
        program.Store(BpfWidth.Double, Frame, Key, R0);
        program.Call(BPF_FUNC_ktime_get_ns);
        program.Move(R6, R0);
        program.LoadMap(R1, sockets);
        program.AddressOf(R2, Key);
        program.Call(BPF_FUNC_map_lookup_elem);
        program.JumpIfEqual(R0, 0, "done");
        program.Store(BpfWidth.Double, R0, ClosedAt, R6);
        program.Place("done");
        program.Move(R0, 1);
        program.Exit();
        return program.Assemble();
    }
}
