using System.Text;
using Weir.Linux;

namespace Weir.Inspect.Tracing;

/// <summary>A program in the kernel, attached to a cgroup as long as this lives; it goes with this process, however that ends.</summary>
internal sealed class BpfProgram : IDisposable
{
    private const int LogBytes = 256 * 1024;

    private readonly SafeFd _link;

    private BpfProgram(SafeFd link) => _link = link;

    /// <param name="type">BPF_PROG_TYPE_*.</param>
    /// <param name="attachType">BPF_CGROUP_*.</param>
    /// <param name="instructions">The program.</param>
    /// <param name="group">Where it runs.</param>
    /// <exception cref="TraceException">The verifier refuses it, or it can't be attached.</exception>
    public static BpfProgram Attach(uint type, uint attachType, bpf_insn[] instructions, ControlGroup group)
    {
        using SafeFd program = Load(type, attachType, instructions);
        SysResult link = Sys.BpfLinkCreate(program.Number, group.Number, attachType);
        return link.IsOk ? new BpfProgram(new SafeFd(link.Value)) : throw new TraceException("bpf BPF_LINK_CREATE", link.Errno);
    }

    public void Dispose() => _link.Dispose();

    internal static SafeFd Load(uint type, uint attachType, bpf_insn[] instructions)
    {
        SysResult program = Sys.BpfProgramLoad(type, attachType, instructions, log: []);
        if (program.IsOk)
            return new SafeFd(program.Value);
        // Once more, for what the verifier says about it.
        byte[] log = new byte[LogBytes];
        SysResult again = Sys.BpfProgramLoad(type, attachType, instructions, log);
        if (again.IsOk)
            return new SafeFd(again.Value);
        throw new TraceException("bpf BPF_PROG_LOAD", program.Errno, Encoding.UTF8.GetString(log.AsSpan(0, Math.Max(0, log.IndexOf((byte)0)))).Trim());
    }
}
