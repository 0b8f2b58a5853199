using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Linux;

namespace Weir.Kestrel;

/// <summary>One of the engine's connections as ASP.NET Core knows it. The engine's own reader and writer are its transport.</summary>
internal sealed partial class WeirConnection : ConnectionContext
{
    private static readonly bool s_endsByFin =
        AppContext.TryGetSwitch("Microsoft.AspNetCore.Server.Kestrel.FinOnError", out bool isOn) && isOn;

    private readonly Connection _connection;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _closedFired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ILogger _log;
    private readonly MemoryPool<byte> _pool;
    private string? _id;
    private IDictionary<object, object?>? _items;
    private ConnectionAbortedException? _abortReason;
    private int _aborting;
    private int _closedFiring;
    private volatile bool _isGone;

    public WeirConnection(Connection connection, TransportLoops loops, EndPoint? local, EndPoint? remote)
    {
        _connection = connection;
        _log = loops.Log;
        _pool = loops.MemoryPool;
        Transport = connection;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
    }

    public override string ConnectionId
    {
        get => _id ??= ConnectionIds.Next();
        set => _id = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override IFeatureCollection Features => this;

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the application via ConnectionContext.Abort()."));

    /// <summary>The peer gets a reset, or, with the switch FinOnError, an ordinary end. Who reads or will read gets the reason.</summary>
    /// <param name="abortReason">Without one the peer gets an ordinary end: so Kestrel ends HTTP/2 when the peer has finished and no request is open.</param>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        if (Interlocked.Exchange(ref _aborting, 1) != 0)
            return;
        _abortReason = abortReason;
        string reason = abortReason?.Message ?? "the connection is over";
        if (abortReason is not null && !s_endsByFin)
        {
            if (!_isGone)
                TransportLog.SentReset(_log, this, reason);
            _connection.Abort();
            return;
        }

        if (!_isGone)
            TransportLog.SentFin(_log, this, reason);
        _connection.SetFault(Errno.ECONNABORTED);
        _connection.Leave();
    }

    /// <summary>What was written leaves, then the connection is closed. Ends when it is, and when whoever waited for <see cref="ConnectionClosed"/> was told.</summary>
    public override async ValueTask DisposeAsync()
    {
        // Not Transport: middleware may have put something else in its place.
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _closedFired.Task.ConfigureAwait(false);
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>On the loop: the peer has finished, or an error ended the connection.</summary>
    public void OnInputEnded()
    {
        if (_connection.Fault is Errno.None)
            TransportLog.ReceivedFin(_log, this);
        else if (_abortReason is null)
            LogFault(_connection.Fault);
        FireClosed();
    }

    /// <summary>On the loop: the descriptor is closed.</summary>
    public void OnClosed()
    {
        _isGone = true;
        // Who makes one from now on finds no descriptor to share.
        _socket?.Close();
        FireClosed();
    }

    /// <summary>What a read throws.</summary>
    public Exception FaultOf(Errno errno)
    {
        if (_abortReason is { } reason)
            return reason;
        var cause = new Weir.Sockets.SocketCallException("recv", errno);
        return errno switch
        {
            Errno.ECONNRESET or Errno.EPIPE => new ConnectionResetException(cause.Message, cause),
            Errno.ECONNABORTED => new ConnectionAbortedException(cause.Message, cause),
            _ => new IOException(cause.Message, cause),
        };
    }

    private void LogFault(Errno errno)
    {
        if (errno is Errno.ECONNRESET)
            TransportLog.Reset(_log, this);
        else if (_log.IsEnabled(LogLevel.Debug))
            TransportLog.Failed(_log, ConnectionId, FaultOf(errno));
    }

    // The application's callbacks run on the thread pool: they may block.
    private void FireClosed()
    {
        if (Interlocked.Exchange(ref _closedFiring, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.CancelClosed(), this, preferLocal: false);
    }

    private void CancelClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException failure)
        {
            TransportLog.ClosedCallbackFailed(_log, ConnectionId, failure);
        }
        finally
        {
            _closedFired.SetResult();
        }
    }
}
