using static Weir.Linux.Uapi;

namespace Weir.Linux;

// bpf(2)
public static unsafe partial class Sys
{
    /// <summary>BPF_MAP_CREATE: the descriptor of a map; it goes with its last descriptor.</summary>
    /// <param name="type">BPF_MAP_TYPE_*.</param>
    /// <param name="keyBytes">How long each key is.</param>
    /// <param name="valueBytes">How long each value is.</param>
    /// <param name="maxEntries">The most entries.</param>
    public static SysResult BpfMapCreate(uint type, int keyBytes, int valueBytes, int maxEntries)
    {
        var attributes = new bpf_attr { map_type = type, key_size = (uint)keyBytes, value_size = (uint)valueBytes, max_entries = (uint)maxEntries };
        return Bpf(BPF_MAP_CREATE, ref attributes);
    }

    /// <summary>BPF_MAP_LOOKUP_ELEM: ENOENT when the key is not there.</summary>
    /// <param name="map">The map's descriptor.</param>
    /// <param name="key">As long as the map's keys.</param>
    /// <param name="value">As long as the map's values.</param>
    public static SysResult BpfMapLookup(int map, ReadOnlySpan<byte> key, Span<byte> value)
    {
        fixed (byte* keyStart = key, valueStart = value)
        {
            var attributes = new bpf_attr { map_fd = (uint)map, key = (ulong)keyStart, value = (ulong)valueStart };
            return Bpf(BPF_MAP_LOOKUP_ELEM, ref attributes);
        }
    }

    /// <summary>BPF_MAP_UPDATE_ELEM: adds the entry, or replaces it.</summary>
    /// <inheritdoc cref="BpfMapLookup"/>
    public static SysResult BpfMapUpdate(int map, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyStart = key, valueStart = value)
        {
            var attributes = new bpf_attr { map_fd = (uint)map, key = (ulong)keyStart, value = (ulong)valueStart, flags = BPF_ANY };
            return Bpf(BPF_MAP_UPDATE_ELEM, ref attributes);
        }
    }

    /// <summary>BPF_PROG_LOAD: the descriptor of a program that the verifier has let pass.</summary>
    /// <param name="type">BPF_PROG_TYPE_*.</param>
    /// <param name="attachType">Where it will be attached: BPF_CGROUP_*.</param>
    /// <param name="instructions">The program.</param>
    /// <param name="log">What the verifier writes about it, ended by a zero byte; it writes nothing when empty. ENOSPC when it is too short.</param>
    public static SysResult BpfProgramLoad(uint type, uint attachType, ReadOnlySpan<bpf_insn> instructions, Span<byte> log)
    {
        ReadOnlySpan<byte> license = "MIT\0"u8;
        fixed (bpf_insn* start = instructions)
        fixed (byte* licenseStart = license, logStart = log)
        {
            var attributes = new bpf_attr
            {
                prog_type = type,
                expected_attach_type = attachType,
                insn_cnt = (uint)instructions.Length,
                insns = (ulong)start,
                license = (ulong)licenseStart,
                log_level = log.IsEmpty ? 0u : 1u,
                log_size = (uint)log.Length,
                log_buf = (ulong)logStart,
            };
            return Bpf(BPF_PROG_LOAD, ref attributes);
        }
    }

    /// <summary>BPF_LINK_CREATE: attaches a program until the link's last descriptor is closed. Since Linux 5.7.</summary>
    /// <param name="program">The program's descriptor.</param>
    /// <param name="target">Of a cgroup's folder.</param>
    /// <param name="attachType">BPF_CGROUP_*.</param>
    public static SysResult BpfLinkCreate(int program, int target, uint attachType)
    {
        var attributes = new bpf_attr { link_prog_fd = (uint)program, link_target_fd = (uint)target, link_attach_type = attachType };
        return Bpf(BPF_LINK_CREATE, ref attributes);
    }

    private static SysResult Bpf(int command, ref bpf_attr attributes)
    {
        fixed (bpf_attr* start = &attributes)
            return Call(NR.bpf, command, (nint)start, sizeof(bpf_attr));
    }
}
