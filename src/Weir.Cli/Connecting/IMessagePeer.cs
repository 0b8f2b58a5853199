namespace Weir.Cli.Connecting;

/// <summary>The other end of <c>weir connect</c> where bytes come in pieces: datagrams or packets.</summary>
internal interface IMessagePeer : IAsyncDisposable
{
    /// <summary>Whether the other end can say that nothing more comes. Datagrams cannot.</summary>
    bool HasEnd { get; }

    ValueTask SendAsync(ReadOnlyMemory<byte> piece);

    /// <summary>Says that nothing more will be sent, where that can be said.</summary>
    void FinishSending();

    /// <summary>Hands on what arrives next.</summary>
    /// <param name="take">Is given each piece, and says whether more are wanted.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether more may come, and is wanted.</returns>
    ValueTask<bool> ReceiveAsync(PieceTaker take, CancellationToken cancellationToken);
}

/// <summary>Takes what arrived.</summary>
internal delegate bool PieceTaker(ReadOnlySpan<byte> piece);
