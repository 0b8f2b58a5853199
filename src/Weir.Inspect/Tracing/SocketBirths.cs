using Weir.Linux;
using static Weir.Inspect.Tracing.BpfRegister;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>The program that notes who creates a socket: its cookie, and the process. It runs at the end of socket(2), for each socket of IP.</summary>
internal static class SocketBirths
{
    /// <summary>A socket's cookie.</summary>
    public const int KeyBytes = 8;

    /// <summary>The process (4), nothing (4), the network namespace's cookie (8), the process's name (16).</summary>
    public const int ValueBytes = 32;

    public const int NamespaceAt = 8;
    public const int NameAt = 16;
    public const int NameBytes = 16;

    // On the stack.
    private const int Value = -ValueBytes;
    private const int Key = Value - KeyBytes;

    public static bpf_insn[] Assemble(BpfMap births)
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

        program.AddressOf(R1, Value + NameAt);
        program.Move(R2, NameBytes);
        program.Call(BPF_FUNC_get_current_comm);

        program.LoadMap(R1, births);
        program.AddressOf(R2, Key);
        program.AddressOf(R3, Value);
        program.Move(R4, (int)BPF_ANY);
        program.Call(BPF_FUNC_map_update_elem);

        // The socket is permitted.
        program.Move(R0, 1);
        program.Exit();
        return program.Assemble();
    }
}
