using System.Buffers;
using System.IO.Pipelines;
using Weir.Sockets;

namespace Weir;

/// <summary>One direction between two ends of which at least one is not plain. The same rules as <see cref="StreamPump"/>.</summary>
internal static class PipePump
{
    public static async Task RunAsync(RelayEnd from, RelayEnd to)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await from.Input.ReadAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketCallException or IOException)
            {
                // A record that is none, or a forged one: nothing of this connection can be believed any more.
                from.Connection.Abort();
                to.Connection.Abort();
                return;
            }

            bool isLast = read.IsCompleted;
            if (!await TryWriteAsync(to, read.Buffer, isLast).ConfigureAwait(false))
            {
                StreamPump.OnRefused(from.Connection, to.Connection);
                from.Input.AdvanceTo(read.Buffer.End);
                return;
            }

            from.Input.AdvanceTo(read.Buffer.End);
            if (isLast)
                return;
        }
    }

    private static async ValueTask<bool> TryWriteAsync(RelayEnd to, ReadOnlySequence<byte> bytes, bool isLast)
    {
        try
        {
            foreach (ReadOnlyMemory<byte> piece in bytes)
            {
                FlushResult flushed = await to.Output.WriteAsync(piece).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    return false;
            }

            if (isLast)
                await to.FinishSendingAsync().ConfigureAwait(false);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
