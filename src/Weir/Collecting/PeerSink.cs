using System.Net.Sockets;
using Weir.Sockets;

namespace Weir.Collecting;

/// <summary>A peer that records are sent to: found again, with growing pauses, when it has gone.</summary>
internal abstract class PeerSink(SocketUrl url, SinkNotices notices) : RecordSink
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    protected SocketUrl Url => url;

    protected SinkNotices Notices => notices;

    // A collector may begin before the one it sends to.
    public override void Open()
    {
    }

    /// <summary>Tries until it succeeds, or until waiting is given up.</summary>
    protected async Task<T> ConnectAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancellationToken)
    {
        for (TimeSpan pause = s_firstPause; ; pause = pause + pause < s_longestPause ? pause + pause : s_longestPause)
        {
            try
            {
                T peer = await connect(cancellationToken).ConfigureAwait(false);
                notices.GoesOn($"send to {url}");
                return peer;
            }
            catch (SocketException failure)
            {
                notices.Waits(failure.Message, "until the peer is there");
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
