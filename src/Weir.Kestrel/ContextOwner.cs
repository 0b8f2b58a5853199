using Weir.Linux;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>Gives each of the engine's connections its context, and passes on what the loop tells about it.</summary>
internal class ContextOwner(TransportLoops loops) : IConnectionOwner
{
    protected TransportLoops Loops => loops;

    public virtual void OnCreated(Connection connection) => connection.Tag =
        new WeirConnection(connection, loops, EndPoints.FromKernel(connection.LocalAddress), EndPoints.FromKernel(connection.PeerAddress));

    public virtual void OnOpened(Connection connection)
    {
    }

    public virtual void OnOpenFailed(Connection connection, SocketCallException failure) => TransportLog.OpenFailed(loops.Log, failure);

    public void OnInputEnded(Connection connection) => Of(connection).OnInputEnded();

    public void OnPaused(Connection connection) => TransportLog.Paused(loops.Log, Of(connection));

    public void OnResumed(Connection connection) => TransportLog.Resumed(loops.Log, Of(connection));

    public void OnOutputEnded(Connection connection) => TransportLog.SentFin(loops.Log, Of(connection), "everything was sent");

    public void OnClosed(Connection connection) => Of(connection).OnClosed();

    public Exception FaultOf(Connection connection, Errno errno) => Of(connection).FaultOf(errno);

    public static WeirConnection Of(Connection connection) => (WeirConnection)connection.Tag!;
}
