using System.Collections.Concurrent;
using Weir.Linux;

namespace Weir;

// What listeners and connections tell the server.
public sealed partial class Server
{
    private readonly Owner _owner;

    // Message and datagram channels with their handlers.
    private readonly ConcurrentDictionary<ChannelRun, bool> _runs = new();

    private void CompleteIfEmpty()
    {
        if (_listenersClosed && Volatile.Read(ref _connections) == 0 && _runs.IsEmpty)
            Volatile.Read(ref _empty)?.TrySetResult();
    }

    /// <summary>Keeps the callbacks out of the server's public face.</summary>
    private sealed class Owner(Server server) : IListenerOwner, IHandlerOwner, IChannelRunOwner
    {
        // As many as an accept queue holds, and so as many as a loop may take before it looks again.
        private const int ManyPlaces = 4096;

        public bool HasManyPlaces => server._options.MaxConnections - Volatile.Read(ref server._places) >= ManyPlaces;

        // Several loops accept at once: a place is taken first, or together they would accept more than the limit.
        public bool TryTakePlace()
        {
            int taken = Volatile.Read(ref server._places);
            while (taken < server._options.MaxConnections)
            {
                int before = Interlocked.CompareExchange(ref server._places, taken + 1, taken);
                if (before == taken)
                    return true;
                taken = before;
            }

            // A place may be taken for a moment only, by a loop that looks whether somebody waits.
            if (Volatile.Read(ref server._connections) >= server._options.MaxConnections)
            {
                server._notices.Report(
                    ServerEventKind.ConnectionLimit,
                    $"{server._options.MaxConnections} connections are open, which is the limit{server._options.LimitAdvice}; more wait in the kernel's queue");
            }

            return false;
        }

        public void ReturnPlace()
        {
            Interlocked.Decrement(ref server._places);
            foreach (Listener listener in server._listeners)
                listener.ResumeIfPaused();
        }

        public Task HandleAsync(Connection connection) => server._handlers.Connections!(connection);

        public void OnCreated(Connection connection)
        {
            Interlocked.Increment(ref server._connections);
            Interlocked.Increment(ref server._accepted);
        }

        // Stopping visits the open connections after it has said that it stops: one of the two sees this connection.
        public void OnOpened(Connection connection)
        {
            if (server._aborting)
                connection.Abort();
            else if (server._stopping && !server._options.ReadsWhileDraining)
                connection.StopReading();
            connection.StartHandler();
        }

        public void OnOpenFailed(Connection connection, Weir.Sockets.SocketCallException failure) => ReportHandler(failure);

        public void OnClosed(Connection connection)
        {
            Interlocked.Decrement(ref server._connections);
            ReturnPlace();
            server.CompleteIfEmpty();
        }

        public void OnAccepted(MessageChannel channel)
        {
            Interlocked.Increment(ref server._connections);
            Interlocked.Increment(ref server._accepted);
            channel.Start();
            new ChannelRun(channel, () => server._handlers.Messages!(channel), this).Start();
        }

        public void OnBound(DatagramChannel channel)
        {
            channel.Start();
            new ChannelRun(channel, () => server._handlers.Datagrams!(channel), this).Start();
        }

        // As with connections: who stops sees this run, or is seen here.
        public void OnRunStarted(ChannelRun run)
        {
            server._runs.TryAdd(run, true);
            if (server._aborting)
                _ = run.Channel.CloseAsync();
            else if (server._stopping && !server.GoesOn(run))
                run.Channel.StopReading();
        }

        public void OnRunFailed(ChannelRun run, Exception exception) => ReportHandler(exception);

        public void OnRunEnded(ChannelRun run)
        {
            server._runs.TryRemove(run, out _);
            if (run.IsConnection)
            {
                Interlocked.Decrement(ref server._connections);
                ReturnPlace();
            }

            server.CompleteIfEmpty();
        }

        public void OnExhausted(Listener listener, Errno errno)
        {
            const string Waiting = "connections wait in the kernel's queue until there is room";
            (ServerEventKind kind, string advice) = errno switch
            {
                Errno.EMFILE or Errno.ENFILE => (ServerEventKind.OutOfDescriptors, $"{Waiting}; raise 'ulimit -n'"),
                Errno.EINVAL or Errno.EBADF or Errno.ENOTSOCK => (ServerEventKind.ListenerFailed, "the socket no longer listens; was it shut down?"),
                _ => (ServerEventKind.OutOfMemory, Waiting),
            };
            server._notices.Report(kind, $"accept {listener}: {errno}; {advice}");
        }

        public void OnHandlerFailed(Connection connection, Exception exception) => ReportHandler(exception);

        private void ReportHandler(Exception exception) => server._notices.Report(
            ServerEventKind.HandlerFailed, $"handler: {exception.GetType().Name}: {exception.Message}", exception);
    }
}
