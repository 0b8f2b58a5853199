using Weir.Collecting;
using Weir.Sockets;

namespace Weir;

// The one who writes.
public sealed partial class Collector
{
    // As long as a write that is under way may take when nothing is waited for any more.
    private static readonly TimeSpan s_lastWrite = TimeSpan.FromSeconds(1);

    private static RecordSink CreateSink(CollectorOptions options, SinkNotices notices)
    {
        if (options.TargetUrl is not { } url)
        {
            FileRotation? rotation = options.RotateBytes > 0 ? new FileRotation(options.RotateBytes, options.KeepFiles) : null;
            return new FileSink(options.FilePath, rotation, notices);
        }

        return url.Scheme switch
        {
            SocketScheme.UnixPacket => new MessageSink(url, new MessageOptions { Loops = options.Loops }, notices),
            SocketScheme.UnixGram => new UnixDatagramSink(url, new DatagramOptions { Loops = options.Loops }, notices),
            SocketScheme.Udp or SocketScheme.Udp4 or SocketScheme.Udp6 => new UdpSink(url, new DatagramOptions { Loops = options.Loops }, notices),
            _ => new StreamSink(url, new ConnectorOptions { Loops = options.Loops }, notices),
        };
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                RecordBatch batch = await _queue.NextAsync().ConfigureAwait(false);
                if (batch.Count == 0 && _queue.IsComplete)
                    break;
                await WriteAsync(batch).ConfigureAwait(false);
            }

            await _sink.FinishAsync(_givenUp.Token).ConfigureAwait(false);
        }
        catch (SinkLostException lost)
        {
            _lost.TrySetResult(lost.Errno);
        }
        catch (OperationCanceledException)
        {
            // Given up: whoever did that says so.
        }
        finally
        {
            _queue.Close();
        }
    }

    private async Task WriteAsync(RecordBatch batch)
    {
        long lostBefore = _sink.LostRecords;
        try
        {
            await _sink.WriteAsync(batch, _givenUp.Token).ConfigureAwait(false);
            batch.Take(batch.Count);
        }
        finally
        {
            Interlocked.Add(ref _writtenRecords, batch.Taken - (_sink.LostRecords - lostBefore));
            Interlocked.Add(ref _writtenBytes, batch.TakenBytes);
        }
    }

    private async Task FinishAsync()
    {
        await AllReceivedAsync().ConfigureAwait(false);
        _queue.Complete();
        await _writing.ConfigureAwait(false);
    }

    private static async Task<bool> EndsInTimeAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
