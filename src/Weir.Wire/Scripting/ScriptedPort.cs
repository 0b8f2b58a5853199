using System.Diagnostics;
using System.Net.NetworkInformation;
using Weir.Linux;
using Weir.Packets;
using Weir.Packets.Dissection;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Wire;

/// <summary>
/// The end of a wire without a kernel behind it. A thread takes what comes at once, answers who asks for its hardware address, and keeps the TCP
/// segments for the script.
/// </summary>
internal sealed class ScriptedPort : IDisposable
{
    private const int MaxKept = 65_536;

    // RFC 4861, section 4.3.
    private const int NeighborSolicitation = 135;

    private readonly object _lock = new();
    private readonly Queue<(Packet Packet, long ArrivedAt)> _kept = new();
    private readonly PacketSocket _socket;
    private readonly FrameBuilder.Station _self;
    private readonly WakeSignal _wake = new();
    private readonly Thread _thread;
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

    /// <exception cref="SocketCallException">EMSGSIZE: longer than the interface takes.</exception>
    public void Send(ReadOnlySpan<byte> frame)
    {
        using FdHold fd = new(_socket.Fd);
        SysResult sent = Sys.Send(fd.Number, frame, flags: 0);
        if (!sent.IsOk)
            throw new SocketCallException("send", sent.Errno, "scripted peer");
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _isStopping = true;
        _wake.Set();
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
                Handle(Packet.Dissect(new CapturedFrame(LinkType.Ethernet, TimestampNs: 0, frame, frame.Length)));
            Sys.Poll(fds, Timeout.InfiniteTimeSpan);
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

    private void Handle(Packet packet)
    {
        ReadOnlySpan<byte> bytes = packet.Frame.Bytes.Span;
        var asker = new PhysicalAddress(bytes.Length < 12 ? [] : bytes[6..12].ToArray());
        if (packet.Arp is { } arp)
        {
            if (arp.Operation is ArpOperation.Request && arp.Target.Equals(_self.Address))
                Send(FrameBuilder.ArpReply(_self, new FrameBuilder.Station(asker, arp.Sender)));
        }
        else if (packet.Tcp is not null && packet.Ip!.Destination.Equals(_self.Address))
        {
            Keep(packet);
        }
        else if (packet.Icmp is { Version: 6, Type: NeighborSolicitation, Neighbor.Target: { } asked } && asked.Equals(_self.Address))
        {
            Send(FrameBuilder.NeighborAdvertisement(_self, new FrameBuilder.Station(asker, packet.Ip!.Source)));
        }
    }

    private void Keep(Packet packet)
    {
        lock (_lock)
        {
            if (_kept.Count >= MaxKept)
                return;
            _kept.Enqueue((packet, Stopwatch.GetTimestamp()));
            Monitor.Pulse(_lock);
        }
    }
}
