using Weir.Sockets;

namespace Weir;

// The same services for datagrams: each is answered by one, from the address that it was sent to.
public static partial class StandardHandlers
{
    private delegate ReadOnlySpan<byte> Answering(ReadOnlySpan<byte> question);

    /// <summary>Sends back each datagram, empty ones too (RFC 862).</summary>
    public static Task Echo(DatagramChannel channel) => AnswerAsync(channel, static question => question);

    /// <summary>Throws away what comes (RFC 863).</summary>
    public static async Task Discard(DatagramChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        while (!(await channel.ReceiveAsync().ConfigureAwait(false)).IsEnd)
        {
            // Nothing is kept.
        }
    }

    /// <summary>Answers each datagram with a line of 72 printable characters (RFC 864).</summary>
    public static Task Chargen(DatagramChannel channel)
    {
        byte[] line = new byte[ChargenColumns + 2];
        int shift = 0;
        return AnswerAsync(channel, _ =>
        {
            WriteChargenLine(line, shift);
            shift = (shift + 1) % ChargenCharacters;
            return line;
        });
    }

    /// <summary>Answers each datagram with the time (RFC 867).</summary>
    public static Task Daytime(DatagramChannel channel) => AnswerAsync(channel, static _ => TimeLine());

    private static async Task AnswerAsync(DatagramChannel channel, Answering answering)
    {
        ArgumentNullException.ThrowIfNull(channel);
        while (await channel.ReceiveAsync().ConfigureAwait(false) is { IsEnd: false } batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                if (!TryAnswer(channel, batch[i], answering))
                {
                    await channel.FlushAsync().ConfigureAwait(false);
                    i--;
                }
            }

            await channel.FlushAsync().ConfigureAwait(false);
        }
    }

    private static bool TryAnswer(DatagramChannel channel, ReceivedDatagram question, Answering answering)
    {
        ref readonly KernelAddress peer = ref question.Peer;
        // A unix socket without a name cannot be answered.
        if (!channel.IsConnected && (peer.Bytes.IsEmpty || peer.IsUnnamed))
            return true;
        ReadOnlySpan<byte> answer = answering(question.Bytes);
        if (channel.Scheme.IsUdp())
            return channel.TryWrite(answer, channel.IsConnected ? default : peer, question.LocalAddress);
        // A unix receiver whose queue is full loses this answer: waiting for it would hold up all others.
        channel.TrySend(answer, peer);
        return true;
    }
}
