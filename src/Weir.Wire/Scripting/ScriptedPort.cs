using System.Diagnostics;
using System.Net.NetworkInformation;
using Weir.Linux;
using Weir.Packets;
using Weir.Packets.Dissection;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>A frame that a scripted endpoint has sent, or got.</summary>
/// <param name="Number">Which one of its direction, from 1.</param>
/// <param name="At">As <see cref="Stopwatch.GetTimestamp"/> counts.</param>
internal readonly record struct ScriptedFrame(bool IsSent, long Number, ReadOnlyMemory<byte> Bytes, long At);

/// <summary>
/// The end of a wire without a kernel behind it. A thread takes what comes at once, answers who asks for its hardware address, and keeps the TCP
/// segments for the script.
/// </summary>
internal sealed class ScriptedPort : IDisposable
{
    /// <summary>The most segments that wait for the script.</summary>
    public const int MaxKept = 65_536;

    // RFC 4861, section 4.3.
    private const int NeighborSolicitation = 135;

    private readonly object _lock = new();
    private readonly Lock _observing = new();
    private readonly Queue<(Packet Packet, long ArrivedAt)> _kept = new();
    private readonly PacketSocket _socket;
    private readonly FrameBuilder.Station _self;
    private readonly EventDescriptor _wake = new();
    private readonly Thread _thread;
    private Action<ScriptedFrame>[] _observers = [];
    private long _sent;
    private long _received;
    private long _missed;
    private volatile bool _isStopping;
    private bool _isDisposed;

    public ScriptedPort(PacketSocket socket, FrameBuilder.Station self)
    {
        NamespaceThread.ThrowIfInside();
        _socket = socket;
        _self = self;
        _thread = new Thread(Run) { Name = "scripted peer", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Segments that came while <see cref="MaxKept"/> were waiting.</summary>
    public long Missed
    {
        get
        {
            lock (_lock)
                return _missed;
        }
    }

    /// <summary>The next segment, or null when none comes in time.</summary>
    public (Packet Packet, long ArrivedAt)? Take(TimeSpan within)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            while (true)
            {
                if (_kept.TryDequeue(out (Packet Packet, long ArrivedAt) next))
                    return next;
                TimeSpan left = within - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_lock, left))
                    return _kept.TryDequeue(out next) ? next : null;
            }
        }
    }

    /// <summary>From any thread. What the kernel refuses was not sent.</summary>
    /// <param name="frame">From the Ethernet header on.</param>
    /// <param name="at">When it left.</param>
    /// <param name="limit">How long to wait for room.</param>
    public SysResult Send(byte[] frame, TimeSpan limit, out long at)
    {
        SysResult sent = PacketSocket.Send(_socket.Fd, frame, limit, out at);
        if (sent.IsOk)
            Tell(new ScriptedFrame(IsSent: true, Interlocked.Increment(ref _sent), frame, at));
        return sent;
    }

    /// <summary>Lets somebody see each frame that is sent or comes, on the thread that does it, until what is returned is disposed of.</summary>
    public IDisposable Observe(Action<ScriptedFrame> observer)
    {
        lock (_observing)
            Volatile.Write(ref _observers, [.. _observers, observer]);
        return new Observation(this, observer);
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _isStopping = true;
        _wake.Signal();
        _thread.Join();
        _wake.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        Span<pollfd> fds =
        [
            new pollfd { fd = _socket.Fd.Number, events = POLLIN },
            new pollfd { fd = _wake.Fd.Number, events = POLLIN },
        ];
        while (!_isStopping)
        {
            while (TryTakeFrame() is byte[] frame)
                Handle(frame, Stopwatch.GetTimestamp());
            Sys.Poll(fds, Timeout.InfiniteTimeSpan);
            if ((fds[0].revents & POLLERR) != 0)
                _socket.ClearError();
        }
    }

    private unsafe byte[]? TryTakeFrame()
    {
        byte* bytes = _socket.Ring.Peek(0, out int length);
        if (bytes == null)
            return null;
        byte[] frame = new ReadOnlySpan<byte>(bytes, length).ToArray();
        _socket.Ring.Advance(1);
        return frame;
    }

    private void Handle(byte[] bytes, long arrivedAt)
    {
        // Before the script sees it, and answers.
        Tell(new ScriptedFrame(IsSent: false, ++_received, bytes, arrivedAt));
        Packet packet = Packet.Dissect(new CapturedFrame(LinkType.Ethernet, TimestampNs: 0, bytes, bytes.Length));
        var asker = new PhysicalAddress(bytes.Length < 12 ? [] : bytes[6..12]);
        if (packet.Arp is { } arp)
        {
            if (arp.Operation is ArpOperation.Request && arp.Target.Equals(_self.Address))
                Answer(FrameBuilder.ArpReply(_self, new FrameBuilder.Station(asker, arp.Sender)));
        }
        else if (packet.Tcp is not null && packet.Ip!.Destination.Equals(_self.Address))
        {
            Keep(packet, arrivedAt);
        }
        else if (packet.Icmp is { Version: 6, Type: NeighborSolicitation, Neighbor.Target: { } asked } && asked.Equals(_self.Address))
        {
            Answer(FrameBuilder.NeighborAdvertisement(_self, new FrameBuilder.Station(asker, packet.Ip!.Source)));
        }
    }

    // Whoever gets no answer asks again.
    private void Answer(byte[] frame) => Send(frame, limit: TimeSpan.Zero, out _);

    private void Tell(in ScriptedFrame frame)
    {
        foreach (Action<ScriptedFrame> observer in Volatile.Read(ref _observers))
        {
            try
            {
                observer(frame);
            }
            catch (Exception) // Whatever it is, the script goes on without being looked at.
            {
                Remove(observer);
            }
        }
    }

    private void Remove(Action<ScriptedFrame> observer)
    {
        lock (_observing)
            Volatile.Write(ref _observers, [.. _observers.Where(other => other != observer)]);
    }

    private void Keep(Packet packet, long arrivedAt)
    {
        lock (_lock)
        {
            if (_kept.Count >= MaxKept)
            {
                _missed++;
                return;
            }

            _kept.Enqueue((packet, arrivedAt));
            Monitor.Pulse(_lock);
        }
    }

    private sealed class Observation(ScriptedPort port, Action<ScriptedFrame> observer) : IDisposable
    {
        public void Dispose() => port.Remove(observer);
    }
}
