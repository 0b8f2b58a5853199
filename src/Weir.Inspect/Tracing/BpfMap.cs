using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>A table that programs in the kernel fill. When it is full, what was not used for longest makes room.</summary>
internal sealed class BpfMap : IDisposable
{
    private readonly SafeFd _map;

    /// <exception cref="TraceException">The kernel refuses it.</exception>
    public BpfMap(int keyBytes, int valueBytes, int maxEntries)
    {
        SysResult map = Sys.BpfMapCreate(BPF_MAP_TYPE_LRU_HASH, keyBytes, valueBytes, maxEntries);
        if (!map.IsOk)
            throw new TraceException("bpf BPF_MAP_CREATE", map.Errno);
        _map = new SafeFd(map.Value);
    }

    /// <summary>The descriptor, for the programs that use it.</summary>
    public int Number => _map.Number;

    public bool TryFind(ReadOnlySpan<byte> key, Span<byte> value) => Sys.BpfMapLookup(_map.Number, key, value).IsOk;

    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        SysResult set = Sys.BpfMapUpdate(_map.Number, key, value);
        if (!set.IsOk)
            throw new TraceException("bpf BPF_MAP_UPDATE_ELEM", set.Errno);
    }

    public void Dispose() => _map.Dispose();
}
