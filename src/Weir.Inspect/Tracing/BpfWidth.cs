using Weir.Linux;

namespace Weir.Inspect.Tracing;

/// <summary>How many bytes a load or a store moves: one, two, four, eight.</summary>
internal enum BpfWidth
{
    Byte = Uapi.BPF_B,
    Half = Uapi.BPF_H,
    Word = Uapi.BPF_W,
    Double = Uapi.BPF_DW,
}
