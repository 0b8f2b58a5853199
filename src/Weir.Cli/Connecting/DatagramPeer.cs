namespace Weir.Cli.Connecting;

/// <summary>Whom datagrams are exchanged with.</summary>
internal sealed class DatagramPeer(DatagramChannel channel) : IMessagePeer
{
    public bool HasEnd => false;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> piece)
    {
        channel.TryWrite(piece.Span);
        await channel.FlushAsync().ConfigureAwait(false);
    }

    public void FinishSending()
    {
    }

    public async ValueTask<bool> ReceiveAsync(PieceTaker take, CancellationToken cancellationToken)
    {
        ReceivedDatagrams batch = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        foreach (ReceivedDatagram datagram in batch)
        {
            if (!take(datagram.Bytes))
                return false;
        }

        return !batch.IsEnd;
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
