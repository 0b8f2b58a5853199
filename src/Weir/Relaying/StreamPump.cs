using System.IO.Pipelines;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

/// <summary>
/// One direction between two connections of one loop. It reads on only when what it read has left, so a slow reader holds its sender and
/// nothing piles up here. A long transfer is handed to the kernel (<see cref="Splice"/>); everything else is copied, which is cheaper for
/// a few bytes at a time.
/// </summary>
internal static class StreamPump
{
    // So many reads of at least this much, one after the other, are a transfer and no conversation.
    private const int LongReadBytes = 32 * 1024;
    private const int LongReadsUntilSplice = 4;

    /// <summary>
    /// Moves bytes until the source ends, and passes its end on. A reset on either side resets the other.
    /// </summary>
    public static async Task RunAsync(Connection from, Connection to)
    {
        try
        {
            int longReads = 0;
            while (true)
            {
                ReadResult read = await from.Input.ReadAsync().ConfigureAwait(false);
                // Only what is needed after the write is kept across it: an idle connection is as small as its pump.
                (SequencePosition end, bool isLast) = (read.Buffer.End, read.IsCompleted);
                longReads = read.Buffer.Length < LongReadBytes ? 0 : longReads + 1;
                FlushResult flushed = await to.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
                from.Input.AdvanceTo(end);
                if (flushed.IsCompleted)
                {
                    OnRefused(from, to);
                    return;
                }

                if (!isLast && longReads >= LongReadsUntilSplice)
                {
                    longReads = 0;
                    isLast = await SpliceAsync(from, to).ConfigureAwait(false);
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

    /// <summary>Lets the kernel move what comes, as long as much comes.</summary>
    /// <returns>Whether there is nothing more to move.</returns>
    private static async ValueTask<bool> SpliceAsync(Connection from, Connection to)
    {
        using Splice? splice = Splice.TryStart(from, to);
        if (splice is null)
            return false;
        ReadResult read = await from.Input.ReadAsync().ConfigureAwait(false);
        from.Input.AdvanceTo(read.Buffer.End);
        if (splice.WasRefused)
            OnRefused(from, to);
        return read.IsCompleted || splice.WasRefused;
    }
}
