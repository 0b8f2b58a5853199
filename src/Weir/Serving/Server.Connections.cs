using Weir.Linux;

namespace Weir;

// What listeners and connections tell the server.
public sealed partial class Server
{
    private readonly Owner _owner;

    /// <summary>Keeps the callbacks out of the server's public face.</summary>
    private sealed class Owner(Server server) : IListenerOwner
    {
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
                    $"{server._options.MaxConnections} connections are open, which is the limit; more wait in the kernel's queue");
            }

            return false;
        }

        public void ReturnPlace()
        {
            Interlocked.Decrement(ref server._places);
            foreach (Listener listener in server._listeners)
                listener.ResumeIfPaused();
        }

        public Task HandleAsync(Connection connection) => server._handler(connection);

        public void OnAccepted(Connection connection)
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
        }

        public void OnClosed(Connection connection)
        {
            int left = Interlocked.Decrement(ref server._connections);
            ReturnPlace();
            if (left == 0)
                Volatile.Read(ref server._empty)?.TrySetResult();
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

        public void OnHandlerFailed(Connection connection, Exception exception) => server._notices.Report(
            ServerEventKind.HandlerFailed, $"handler: {exception.GetType().Name}: {exception.Message}", exception);
    }
}
