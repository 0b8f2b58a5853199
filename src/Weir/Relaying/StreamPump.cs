using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// One direction between two connections of one loop. It reads on only when what it read has left, so a slow reader holds its sender and
/// nothing piles up here.
/// </summary>
internal static class StreamPump
{
    /// <summary>
    /// Moves bytes until the source ends, and passes its end on. A reset on either side resets the other.
    /// </summary>
    public static async Task RunAsync(Connection from, Connection to)
    {
        try
        {
            while (true)
            {
                ReadResult read = await from.Input.ReadAsync().ConfigureAwait(false);
                // Only what is needed after the write is kept across it: an idle connection is as small as its pump.
                (SequencePosition end, bool isLast) = (read.Buffer.End, read.IsCompleted);
                FlushResult flushed = await to.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
                from.Input.AdvanceTo(end);
                if (flushed.IsCompleted)
                {
                    OnRefused(from, to);
                    return;
                }

                if (isLast)
                {
                    to.Output.Complete();
                    return;
                }
            }
        }
        catch (SocketCallException)
        {
            to.Abort();
        }
    }

    /// <summary>
    /// The destination takes nothing more. A peer that closed in order (EPIPE) may have said something before, which the other direction
    /// still delivers; anything else is a reset, and goes on as one.
    /// </summary>
    public static void OnRefused(Connection from, Connection to)
    {
        if (to.Fault is not Errno.EPIPE)
            from.Abort();
    }
}
