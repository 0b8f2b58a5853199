namespace Weir.Cli.Connecting;

/// <summary>Whom packets are exchanged with.</summary>
internal sealed class PacketPeer(MessageChannel channel) : IMessagePeer
{
    public bool HasEnd => true;

    public ValueTask SendAsync(ReadOnlyMemory<byte> piece) => channel.SendAsync(piece);

    public void FinishSending() => channel.FinishSending();

    public async ValueTask<bool> ReceiveAsync(PieceTaker take, CancellationToken cancellationToken)
    {
        Message message = await channel.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        return !message.IsEnd && take(message.Bytes.Span);
    }

    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
