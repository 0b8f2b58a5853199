using System.Collections.Concurrent;
using System.Diagnostics;
using Weir.Linux;
using Weir.Packets.Timelines;
using Weir.Sockets;

namespace Weir.Wire.Tests.Ladders;

/// <summary>Makes calls of one participant and keeps when they began and ended, and which states the socket was in afterwards.</summary>
internal sealed class CallLog(int participant)
{
    private readonly ConcurrentQueue<TimelineEvent> _events = new();
    private string? _state;

    public IEnumerable<TimelineEvent> Events => _events;

    public static long Nanoseconds(long ticks) => (long)((Int128)ticks * 1_000_000_000 / Stopwatch.Frequency);

    public SysResult Call(string name, string arguments, KernelSocket? socket, Func<SysResult> call)
    {
        long start = Stopwatch.GetTimestamp();
        SysResult result = call();
        Add(name, arguments, start, result.IsOk ? result.Value : null, result.Errno);
        Look(socket);
        return result;
    }

    public KernelSocket Accept(KernelSocket listener)
    {
        long start = Stopwatch.GetTimestamp();
        KernelSocket accepted = listener.TryAccept(out Errno error, blocking: true) ?? throw new InvalidOperationException($"accept: {error}");
        Add("accept4", "", start, accepted.Fd.Number, Errno.None);
        Look(accepted);
        return accepted;
    }

    public void Close(KernelSocket socket)
    {
        long start = Stopwatch.GetTimestamp();
        socket.Dispose();
        Add("close", "", start, 0, Errno.None);
    }

    private static string KernelName(TcpState state) => state switch
    {
        TcpState.Established => "ESTABLISHED",
        TcpState.CloseWait => "CLOSE_WAIT",
        TcpState.LastAck => "LAST_ACK",
        _ => state.ToString(),
    };

    private void Add(string name, string arguments, long start, long? result, Errno error) => _events.Enqueue(new CallEvent
    {
        TimeNs = Nanoseconds(start),
        EndNs = Nanoseconds(Stopwatch.GetTimestamp()),
        Participant = participant,
        Name = name,
        Arguments = arguments,
        Result = result,
        Errno = error,
    });

    private void Look(KernelSocket? socket)
    {
        if (socket?.Info is not { } info || KernelName(info.State) == _state)
            return;
        string state = KernelName(info.State);
        _events.Enqueue(new StateEvent { TimeNs = Nanoseconds(Stopwatch.GetTimestamp()), Participant = participant, From = _state, To = state });
        _state = state;
    }
}
