using System.Buffers;
using System.IO.Pipelines;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Cli.Connecting;

/// <summary>
/// One run of <c>weir connect</c> to an address of datagrams or packets: each line of standard input becomes one, with its newline,
/// and what arrives goes to standard output as it is.
/// </summary>
internal sealed class MessageSession(IMessagePeer peer, TimeSpan answerTimeout)
{
    // What fits into a datagram of UDP over IPv4; a longer line goes in pieces.
    private const int MaxPieceBytes = 65_507;

    private volatile bool _isEnding;

    public static bool IsFor(SocketScheme scheme) => scheme.IsDatagram() || scheme == SocketScheme.UnixPacket;

    public static async Task<int> RunAsync(SocketUrl url, TimeSpan answerTimeout, CancellationToken cancellationToken)
    {
        IMessagePeer peer;
        try
        {
            peer = url.Scheme == SocketScheme.UnixPacket
                ? new PacketPeer(await MessageChannel.ConnectAsync(url, cancellationToken: cancellationToken).ConfigureAwait(false))
                : new DatagramPeer(await DatagramChannel.ConnectAsync(url, cancellationToken: cancellationToken).ConfigureAwait(false));
        }
        catch (SocketCallException failure) when (failure.Operation == "connect")
        {
            return ConnectSession.Fail(failure.Message);
        }

        await using (peer.ConfigureAwait(false))
            return await new MessageSession(peer, answerTimeout).RunAsync().ConfigureAwait(false);
    }

    private async Task<int> RunAsync()
    {
        using var silence = new CancellationTokenSource();
        Task<string?> receiving = ReceiveAsync(silence);
        // A read of a terminal cannot be cancelled, so the peer's end does not wait for it.
        Task<string?> sending = Task.Run(SendInputAsync, CancellationToken.None);
        if (await Task.WhenAny(receiving, sending).ConfigureAwait(false) == sending)
        {
            if (await sending.ConfigureAwait(false) is { } unsent)
                return ConnectSession.Fail(unsent);
            _isEnding = !peer.HasEnd;
            if (_isEnding)
                silence.CancelAfter(answerTimeout);
        }

        string? problem = await receiving.ConfigureAwait(false);
        return problem is null ? ExitCode.Fine : ConnectSession.Fail(problem);
    }

    private async Task<string?> SendInputAsync()
    {
        var input = PipeReader.Create(Console.OpenStandardInput());
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> rest = read.Buffer;
                while (NextPiece(rest, read.IsCompleted) is { IsEmpty: false } piece)
                {
                    await peer.SendAsync(piece.IsSingleSegment ? piece.First : piece.ToArray()).ConfigureAwait(false);
                    rest = rest.Slice(piece.End);
                }

                input.AdvanceTo(rest.Start, read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }

            peer.FinishSending();
            return null;
        }
        catch (SocketCallException failure)
        {
            return failure.Message;
        }
    }

    // Empty when the line goes on in what has not been read yet.
    private static ReadOnlySequence<byte> NextPiece(ReadOnlySequence<byte> bytes, bool isLast)
    {
        ReadOnlySequence<byte> most = bytes.Slice(0, Math.Min(bytes.Length, MaxPieceBytes));
        if (most.PositionOf((byte)'\n') is { } newline)
            return bytes.Slice(0, bytes.GetPosition(1, newline));
        return isLast || most.Length == MaxPieceBytes ? most : default;
    }

    // While answers come, they are waited for.
    private async Task<string?> ReceiveAsync(CancellationTokenSource silence)
    {
        Errno failed = Errno.None;
        try
        {
            while (await peer.ReceiveAsync(Take, silence.Token).ConfigureAwait(false))
            {
                if (_isEnding)
                    silence.CancelAfter(answerTimeout);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (SocketCallException failure)
        {
            return failure.Message;
        }

        // Whoever read our output has gone: end quietly, as a pipe's writer does.
        return failed is Errno.None or Errno.EPIPE ? null : $"write standard output: {failed}; the rest of the answer is lost";

        bool Take(ReadOnlySpan<byte> piece)
        {
            failed = StandardOutput.Write(piece);
            return failed is Errno.None;
        }
    }
}
