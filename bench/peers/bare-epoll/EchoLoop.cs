using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Bench.Peers.BareEpoll;

/// <summary>Edge-triggered like c-epoll; answers are sent where they are received.</summary>
internal sealed class EchoLoop(int listener)
{
    private const int BufferBytes = 16 * 1024;
    private const int EventsPerWait = 512;
    private const int AcceptsPerTurn = 64;

    private readonly int _epoll = Checked.Value(Sys.EpollCreate(EPOLL_CLOEXEC), "epoll_create1");
    private readonly EpollEvents _events = new(EventsPerWait);
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferBytes, pinned: true);

    // Only connections whose peer doesn't read have an entry.
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _unsent = [];

    public void Run()
    {
        // Level-triggered: a bounded accept loop leaves some behind.
        Watch(EPOLL_CTL_ADD, listener, EPOLLIN);
        while (true)
        {
            SysResult count = Sys.EpollWait(_epoll, _events, timeoutMs: -1);
            for (int i = 0; i < count.Value; i++)
                Dispatch((int)_events.DataAt(i), _events.EventsAt(i));
        }
    }

    private void Dispatch(int fd, uint events)
    {
        if (fd == listener)
            Accept();
        else if ((events & EPOLLIN) != 0 || !_unsent.ContainsKey(fd))
            Echo(fd);
        else
            Flush(fd);
    }

    private void Accept()
    {
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            SysResult accepted = Sys.Accept(listener, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (!accepted.IsOk)
                return;
            Watch(EPOLL_CTL_ADD, accepted.Value, EPOLLIN | EPOLLET);
        }
    }

    private void Echo(int fd)
    {
        while (true)
        {
            SysResult received = Sys.Recv(fd, _buffer, flags: 0);
            if (received.Errno == Errno.EAGAIN)
                return;
            if (!received.IsOk || received.Value == 0)
            {
                Close(fd);
                return;
            }

            if (!SendOrKeep(fd, _buffer.AsSpan(0, received.Value)))
                return;
            if (received.Value < BufferBytes)
                return; // Drained: what arrives now makes a new event.
        }
    }

    private bool SendOrKeep(int fd, ReadOnlySpan<byte> bytes)
    {
        SysResult sent = Sys.Send(fd, bytes, MSG_NOSIGNAL);
        if (sent.Value == bytes.Length && sent.IsOk)
            return true;
        if (!sent.IsOk && sent.Errno != Errno.EAGAIN)
        {
            Close(fd);
            return false;
        }

        _unsent[fd] = bytes[(sent.IsOk ? sent.Value : 0)..].ToArray();
        Watch(EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLET);
        return false;
    }

    private void Flush(int fd)
    {
        ReadOnlyMemory<byte> bytes = _unsent[fd];
        SysResult sent = Sys.Send(fd, bytes.Span, MSG_NOSIGNAL);
        if (!sent.IsOk && sent.Errno != Errno.EAGAIN)
        {
            Close(fd);
            return;
        }

        ReadOnlyMemory<byte> rest = bytes[(sent.IsOk ? sent.Value : 0)..];
        if (rest.IsEmpty)
        {
            _unsent.Remove(fd);
            Watch(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLET); // Reports what has arrived meanwhile.
        }
        else
        {
            _unsent[fd] = rest;
        }
    }

    private void Close(int fd)
    {
        _unsent.Remove(fd);
        Sys.Close(fd);
    }

    private void Watch(int operation, int fd, uint events) =>
        Checked.Value(Sys.EpollCtl(_epoll, operation, fd, events, data: (ulong)fd), "epoll_ctl");
}
