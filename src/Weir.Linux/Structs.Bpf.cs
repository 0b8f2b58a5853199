using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct bpf_insn: one instruction of a BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct bpf_insn
{
    public byte code;

    /// <summary>Two fields of four bits in C: dst_reg, and above it src_reg.</summary>
    public byte registers;
    public short off;
    public int imm;
}

/// <summary>union bpf_attr (bpf(2)), as far as it is used here; pointers are 64 bits wide on every ABI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
public unsafe struct bpf_attr
{
    // BPF_MAP_CREATE
    [FieldOffset(0)]
    public uint map_type;

    [FieldOffset(4)]
    public uint key_size;

    [FieldOffset(8)]
    public uint value_size;

    [FieldOffset(12)]
    public uint max_entries;

    // BPF_MAP_*_ELEM
    [FieldOffset(0)]
    public uint map_fd;

    [FieldOffset(8)]
    public ulong key;

    [FieldOffset(16)]
    public ulong value;

    [FieldOffset(24)]
    public ulong flags;

    // BPF_PROG_LOAD
    [FieldOffset(0)]
    public uint prog_type;

    [FieldOffset(4)]
    public uint insn_cnt;

    [FieldOffset(8)]
    public ulong insns;

    [FieldOffset(16)]
    public ulong license;

    [FieldOffset(24)]
    public uint log_level;

    [FieldOffset(28)]
    public uint log_size;

    [FieldOffset(32)]
    public ulong log_buf;

    [FieldOffset(68)]
    public uint expected_attach_type;

    // BPF_LINK_CREATE, a struct of its own in C: link_create
    [FieldOffset(0)]
    public uint link_prog_fd;

    [FieldOffset(4)]
    public uint link_target_fd;

    [FieldOffset(8)]
    public uint link_attach_type;
}
