using System.Buffers.Binary;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tracing;

/// <summary>
/// Knows exactly which flows are a command's: it runs in a cgroup, and programs in the kernel note each socket that is created in there and each flow that
/// such a socket has. However short a process lives, its packets find their flow noted. For one thread.
/// </summary>
internal sealed class CommandTrace : IDisposable
{
    private const int MaxFlows = 65_536;
    private const int MaxSockets = 65_536;

    private readonly ControlGroup _group;
    private readonly BpfMap _sockets;
    private readonly BpfMap _flows;
    private readonly List<BpfProgram> _programs = [];
    private readonly ulong _namespace;

    private CommandTrace(ControlGroup group, BpfMap sockets, BpfMap flows)
    {
        (_group, _sockets, _flows) = (group, sockets, flows);
        _namespace = OwnNamespace();
    }

    /// <summary>What the command's first process writes "0" to before it is the command.</summary>
    public string Members => _group.Members;

    /// <summary>Whether processes have the same numbers here as in the kernel's programs.</summary>
    public bool KnowsNumbers { get; } = IsInFirstProcessNamespace();

    /// <exception cref="TraceException">It takes root, cgroup2 and Linux 5.11.</exception>
    public static CommandTrace Start()
    {
        ControlGroup group = ControlGroup.Create();
        BpfMap? sockets = null;
        BpfMap? flows = null;
        CommandTrace? trace = null;
        try
        {
            sockets = new BpfMap(SocketLives.KeyBytes, SocketLives.ValueBytes, MaxSockets);
            flows = new BpfMap(FlowMarks.KeyBytes, FlowMarks.ValueBytes, MaxFlows);
            trace = new CommandTrace(group, sockets, flows);
            trace.Attach();
            return trace;
        }
        catch
        {
            trace?.Dispose();
            flows?.Dispose();
            sockets?.Dispose();
            group.Dispose();
            throw;
        }
    }

    /// <summary>Whose the end of a flow is, if it is the command's.</summary>
    public bool TryFind(in FlowEnd end, out TracedSocket socket)
    {
        socket = default;
        Span<byte> key = stackalloc byte[FlowMarks.KeyBytes];
        Span<byte> flow = stackalloc byte[FlowMarks.ValueBytes];
        end.Write(key);
        if (!_flows.TryFind(key, flow))
            return false;
        Span<byte> life = stackalloc byte[SocketLives.ValueBytes];
        bool isBorn = _sockets.TryFind(flow[..SocketLives.KeyBytes], life);
        // The same addresses mean something else in another network.
        if (isBorn && _namespace != 0 && BinaryPrimitives.ReadUInt64LittleEndian(life[SocketLives.NamespaceAt..]) != _namespace)
            return false;
        socket = new TracedSocket(
            BinaryPrimitives.ReadUInt64LittleEndian(flow),
            BinaryPrimitives.ReadUInt64LittleEndian(flow[FlowMarks.LastCookieAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(flow[FlowMarks.LastSeenAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(life[SocketLives.CreatedAt..]),
            BinaryPrimitives.ReadInt64LittleEndian(life[SocketLives.ClosedAt..]),
            KnowsNumbers ? BinaryPrimitives.ReadInt32LittleEndian(life) : 0,
            NameIn(life.Slice(SocketLives.NameAt, SocketLives.NameBytes)));
        return true;
    }

    public void Dispose()
    {
        foreach (BpfProgram program in _programs)
            program.Dispose();
        _flows.Dispose();
        _sockets.Dispose();
        _group.Dispose();
    }

    private void Attach()
    {
        _programs.Add(BpfProgram.Attach(BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE, SocketLives.AssembleBegin(_sockets), _group));
        _programs.Add(BpfProgram.Attach(BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_RELEASE, SocketLives.AssembleEnd(_sockets), _group));
        _programs.Add(BpfProgram.Attach(BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, FlowMarks.Assemble(_flows, _sockets, isLeaving: true), _group));
        _programs.Add(BpfProgram.Attach(BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS, FlowMarks.Assemble(_flows, _sockets, isLeaving: false), _group));
    }

    // The programs see the numbers that processes have in the first namespace of the kernel (PROC_PID_INIT_INO, 0xEFFFFFFC), and /proc those of this one's.
    private static bool IsInFirstProcessNamespace() => new FileInfo("/proc/self/ns/pid").LinkTarget == "pid:[4026531836]";

    private static string NameIn(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    // 0 where the kernel doesn't tell (before 5.14); every network is taken for this one then.
    private static ulong OwnNamespace()
    {
        SysResult socket = Sys.Socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, protocol: 0);
        if (!socket.IsOk)
            return 0;
        using var fd = new SafeFd(socket.Value);
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        return Sys.GetSockOpt(fd.Number, SOL_SOCKET, SO_NETNS_COOKIE, cookie, out _).IsOk ? BinaryPrimitives.ReadUInt64LittleEndian(cookie) : 0;
    }
}
