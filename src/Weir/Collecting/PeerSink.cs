using System.Net.Sockets;
using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>A peer that records are sent to: found again, with growing pauses, when it has gone.</summary>
internal abstract class PeerSink(SocketUrl url, SinkNotices notices) : RecordSink
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    // A peer that lets itself be connected to and takes nothing is not asked again at once either.
    private TimeSpan _pause;
    private bool _lossIsSaid;

    protected SocketUrl Url => url;

    protected SinkNotices Notices => notices;

    // A collector may begin before the one it sends to.
    public override void Open()
    {
    }

    /// <summary>Tries until it succeeds, or until waiting is given up.</summary>
    protected async Task<T> ConnectAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(_pause, cancellationToken).ConfigureAwait(false);
            _pause = _pause == TimeSpan.Zero ? s_firstPause : _pause + _pause < s_longestPause ? _pause + _pause : s_longestPause;
            try
            {
                return await connect(cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException failure)
            {
                notices.Waits(failure.Message, "until the peer is there");
            }
        }
    }

    /// <summary>The peer takes records: the next failure is a new one.</summary>
    protected void Delivered()
    {
        _pause = TimeSpan.Zero;
        notices.GoesOn($"send to {url}");
    }

    /// <summary>The peer does not take this record, and never will.</summary>
    protected void Lose(string why)
    {
        LostRecords++;
        if (!_lossIsSaid)
            notices.Tell(ServerEventKind.RecordsLost, why);
        _lossIsSaid = true;
    }
}
