using Weir.Sockets;

namespace Weir;

// The same services for connections that keep boundaries.
public static partial class StandardHandlers
{
    /// <summary>Sends back each message, empty ones too, until they end.</summary>
    public static async Task Echo(MessageChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        while (await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } message)
            await channel.SendAsync(message.Bytes).ConfigureAwait(false);
    }

    /// <summary>Throws away what comes, until it ends.</summary>
    public static async Task Discard(MessageChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        while (!(await channel.ReceiveAsync().ConfigureAwait(false)).IsEnd)
        {
            // Nothing is kept.
        }
    }

    /// <summary>Sends lines of 72 printable characters, each a message, until the peer closes.</summary>
    public static async Task Chargen(MessageChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        byte[] line = new byte[ChargenColumns + 2];
        Task<bool> end = EndAsync(channel);
        try
        {
            for (int shift = 0; !end.IsCompleted; shift = (shift + 1) % ChargenCharacters)
            {
                WriteChargenLine(line, shift);
                await channel.SendAsync(line).ConfigureAwait(false);
            }
        }
        catch (SocketCallException)
        {
            // The peer has closed.
        }

        channel.StopReading();
        await end.ConfigureAwait(false);
    }

    /// <summary>Sends the time as one message and closes.</summary>
    public static async Task Daytime(MessageChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        await channel.SendAsync(TimeLine()).ConfigureAwait(false);
    }

    private static async Task<bool> EndAsync(MessageChannel channel)
    {
        try
        {
            await Discard(channel).ConfigureAwait(false);
            return true;
        }
        catch (SocketCallException)
        {
            return false;
        }
    }
}
