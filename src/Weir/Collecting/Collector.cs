using Weir.Collecting;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// Writes down what arrives: any number of peers, one output. A slow output makes reading pause; what a stream has delivered is not lost.
/// </summary>
public sealed partial class Collector : IAsyncDisposable
{
    private readonly CollectorOptions _options;
    private readonly RecordQueue _queue;
    private readonly RecordSink _sink;
    private readonly ServerNotices _notices;
    private readonly CancellationTokenSource _givenUp = new();
    private readonly TaskCompletionSource<Errno> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Server _server = null!;
    private Task _writing = Task.CompletedTask;
    private long _writtenRecords;
    private long _writtenBytes;

    private Collector(CollectorOptions options)
    {
        _options = options;
        _notices = new ServerNotices(options.OnEvent, TimeProvider.System);
        var notices = new SinkNotices(options.OnEvent, () => _queue!.WaitingBytes, options.QueueBytes);
        _sink = CreateSink(options, notices);
        _queue = new RecordQueue(options.QueueBytes, countsOctets: options.Framing == RecordFraming.Datagrams && _sink.IsByteStream);
    }

    /// <summary>What is listened on.</summary>
    public IReadOnlyList<Listener> Listeners => _server.Listeners;

    /// <summary>The process whose listeners this collector took at its start; null when there was none.</summary>
    public HandoverPeer? TookOver => _server.TookOver;

    /// <summary>
    /// Ends when another process has taken the listeners (<see cref="CollectorOptions.HandoverPath"/>); <see cref="StopAsync"/> then writes what
    /// is under way.
    /// </summary>
    public Task<HandoverPeer> HandedOver => _server.HandedOver;

    public CollectorStatistics Statistics => new()
    {
        Server = _server.Statistics,
        WrittenRecords = Interlocked.Read(ref _writtenRecords),
        WrittenBytes = Interlocked.Read(ref _writtenBytes),
        WaitingBytes = _queue.WaitingBytes,
        DroppedDatagrams = _server.Statistics.DroppedDatagrams,
        LostRecords = _sink.LostRecords,
    };

    /// <summary>
    /// Ends, with the reason, when nothing can be written any more: EPIPE when whoever reads standard output has gone. A full disk or a
    /// peer that is away are waited for.
    /// </summary>
    public Task<Errno> OutputLost => _lost.Task;

    /// <summary>Opens the output and listens on every URL, or on none.</summary>
    /// <param name="options">Where to listen, and where records go.</param>
    /// <param name="cancellationToken">Ends the resolving of names.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="SocketCallException">An address cannot be listened on.</exception>
    /// <exception cref="NameResolutionException">A name has no address.</exception>
    public static async Task<Collector> StartAsync(CollectorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid(nameof(options));
        var collector = new Collector(options);
        try
        {
            collector._sink.Open();
            collector._server = await collector.ListenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await collector._sink.DisposeAsync().ConfigureAwait(false);
            collector._givenUp.Dispose();
            throw;
        }

        collector._writing = Task.Run(collector.WriteAsync, CancellationToken.None);
        return collector;
    }

    /// <summary>
    /// Opens the file's path again, if there is one, as it is done after somebody has renamed the file (logrotate(8)). Records before this call
    /// are in the file before, unless they wait for room.
    /// </summary>
    public void ReopenFile()
    {
        if (_options.FilePath is null)
            return;
        _sink.AskToReopen();
        _queue.WakeWriter();
    }

    /// <summary>
    /// Stops in order: everything that is in accept and receive queues now is still received and written, and a file is brought to the
    /// disk (fsync(2)). What is not done when the time is over is given up.
    /// </summary>
    /// <returns>False when connections had to be reset or records could not be written.</returns>
    public async Task<bool> StopAsync(TimeSpan drainTimeout)
    {
        long start = TimeProvider.System.GetTimestamp();
        // Handlers that wait for room in the queue hold up the server's stop, and room need not come: a disk may stay full.
        using var timeIsOver = new CancellationTokenSource(drainTimeout);
        using CancellationTokenRegistration givesUp = timeIsOver.Token.Register(GiveUpWriting);
        int reset = await _server.StopAsync(drainTimeout).ConfigureAwait(false);
        // A connection may be gone before its handler has handed over the last records.
        Task finishing = FinishAsync();
        bool isInTime = await EndsInTimeAsync(finishing, TimeLeft.Since(start, drainTimeout)).ConfigureAwait(false);
        if (!isInTime)
        {
            Abort();
            // What was under way is counted, and half a record taken back.
            await EndsInTimeAsync(_writing, s_lastWrite).ConfigureAwait(false);
        }

        return reset == 0 && isInTime && !_givenUp.IsCancellationRequested && !_lost.Task.IsCompleted && _queue.WaitingBytes == 0;
    }

    /// <summary>Resets every connection, and gives up what is not written.</summary>
    public void Abort()
    {
        GiveUpWriting();
        _server.Abort();
    }

    /// <summary>Stops without waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        Abort();
        await _server.DisposeAsync().ConfigureAwait(false);
        // A write to a pipe that nobody reads cannot be called back: then the descriptor stays with it.
        if (await EndsInTimeAsync(_writing, s_lastWrite).ConfigureAwait(false))
            await _sink.DisposeAsync().ConfigureAwait(false);
    }

    private void GiveUpWriting()
    {
        _givenUp.Cancel();
        _queue.Close();
    }
}
