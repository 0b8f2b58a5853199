using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>Puts a BPF program together, an instruction a call, with names for the places that are jumped to (all of them lie ahead).</summary>
internal sealed class BpfAssembler
{
    private readonly List<bpf_insn> _instructions = [];
    private readonly Dictionary<string, int> _places = [];
    private readonly List<(int Jump, string Place)> _jumps = [];

    public void Move(BpfRegister to, BpfRegister from) => Add(BPF_ALU64 | BPF_MOV | BPF_X, to, from);

    public void Move(BpfRegister to, int number) => Add(BPF_ALU64 | BPF_MOV, to, number: number);

    public void Add(BpfRegister to, int number) => Add(BPF_ALU64 | BPF_ADD, to, number: number);

    public void Add(BpfRegister to, BpfRegister from) => Add(BPF_ALU64 | BPF_ADD | BPF_X, to, from);

    public void And(BpfRegister to, int bits) => Add(BPF_ALU64 | BPF_AND, to, number: bits);

    public void ShiftLeft(BpfRegister to, int bits) => Add(BPF_ALU64 | BPF_LSH, to, number: bits);

    public void ShiftRight(BpfRegister to, int bits) => Add(BPF_ALU64 | BPF_RSH, to, number: bits);

    /// <summary>The address of memory on the stack.</summary>
    /// <param name="to">Gets the address.</param>
    /// <param name="at">Below the frame's end, so negative.</param>
    public void AddressOf(BpfRegister to, int at)
    {
        Move(to, BpfRegister.Frame);
        Add(to, at);
    }

    public void Load(BpfWidth width, BpfRegister to, BpfRegister from, int at) => Add(BPF_LDX | BPF_MEM | (int)width, to, from, at);

    public void Store(BpfWidth width, BpfRegister into, int at, BpfRegister from) => Add(BPF_STX | BPF_MEM | (int)width, into, from, at);

    public void Store(BpfWidth width, BpfRegister into, int at, int number) => Add(BPF_ST | BPF_MEM | (int)width, into, at: at, number: number);

    /// <summary>Takes two instructions; the kernel puts the map's address in place of the descriptor.</summary>
    public void LoadMap(BpfRegister to, BpfMap map)
    {
        Add(BPF_LD | BPF_DW | BPF_IMM, to, (BpfRegister)BPF_PSEUDO_MAP_FD, number: map.Number);
        Add(0, default);
    }

    public void Call(int function) => Add(BPF_JMP | BPF_CALL, default, number: function);

    public void Jump(string place) => AddJump(BPF_JMP | BPF_JA, place, default);

    public void JumpIfEqual(BpfRegister left, int number, string place) => AddJump(BPF_JMP | BPF_JEQ, place, left, number: number);

    public void JumpIfEqual(BpfRegister left, BpfRegister right, string place) => AddJump(BPF_JMP | BPF_JEQ | BPF_X, place, left, right);

    public void JumpIfNotEqual(BpfRegister left, int number, string place) => AddJump(BPF_JMP | BPF_JNE, place, left, number: number);

    public void Exit() => Add(BPF_JMP | BPF_EXIT, default);

    /// <summary>Here is the place that jumps name so.</summary>
    public void Place(string name) => _places.Add(name, _instructions.Count);

    public bpf_insn[] Assemble()
    {
        bpf_insn[] program = [.. _instructions];
        foreach ((int jump, string place) in _jumps)
            program[jump].off = (short)(_places[place] - jump - 1);
        return program;
    }

    private void AddJump(int code, string place, BpfRegister left, BpfRegister right = default, int number = 0)
    {
        _jumps.Add((_instructions.Count, place));
        Add(code, left, right, number: number);
    }

    private void Add(int code, BpfRegister to, BpfRegister from = default, int at = 0, int number = 0) => _instructions.Add(new bpf_insn
    {
        code = (byte)code,
        registers = (byte)((int)to | (int)from << 4),
        off = (short)at,
        imm = number,
    });
}
