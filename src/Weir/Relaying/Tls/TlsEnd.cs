using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Weir.Loops;

namespace Weir;

/// <summary>An end where TLS is spoken.</summary>
internal sealed class TlsEnd : RelayEnd
{
    // A record has at most 16 KiB of text.
    private static readonly StreamPipeReaderOptions s_reading = new(bufferSize: 16 * 1024, minimumReadSize: 1024, leaveOpen: true, useZeroByteReads: true);
    private static readonly StreamPipeWriterOptions s_writing = new(leaveOpen: true);

    private readonly SslStream _tls;

    private TlsEnd(Connection connection, SslStream tls)
        : base(connection) =>
        (_tls, Input, Output) = (tls, PipeReader.Create(tls, s_reading), PipeWriter.Create(tls, s_writing));

    public override bool IsPlain => false;

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    /// <summary>Answers a client's handshake.</summary>
    /// <returns>The end, or what went wrong.</returns>
    public static Task<(TlsEnd? End, string Problem)> AcceptAsync(
        Connection connection, SslServerAuthenticationOptions options, CancellationToken late) =>
        ShakeHandsAsync(connection, tls => tls.AuthenticateAsServerAsync(options, late));

    /// <summary>Begins a handshake with a server.</summary>
    /// <returns>The end, or what went wrong.</returns>
    public static Task<(TlsEnd? End, string Problem)> ConnectAsync(
        Connection connection, SslClientAuthenticationOptions options, CancellationToken late) =>
        ShakeHandsAsync(connection, tls => tls.AuthenticateAsClientAsync(options, late));

    /// <summary>Sends close_notify; what the peer still says is read on.</summary>
    public override async ValueTask FinishSendingAsync()
    {
        await new LoopSwitch(Connection.Loop);
        await _tls.ShutdownAsync().ConfigureAwait(false);
    }

    public override void Close()
    {
        Input.Complete();
        Output.Complete();
        _tls.Dispose();
        base.Close();
    }

    private static async Task<(TlsEnd? End, string Problem)> ShakeHandsAsync(Connection connection, Func<SslStream, Task> shakeHands)
    {
        var bytes = new ConnectionStream(connection);
        var tls = new SslStream(bytes, leaveInnerStreamOpen: true);
        string problem;
        try
        {
            await shakeHands(tls).ConfigureAwait(false);
            bytes.LeavesLoop = false;
            return (new TlsEnd(connection, tls), "");
        }
        catch (AuthenticationException failure)
        {
            problem = (failure.InnerException is { } cause and not IOException ? $"{failure.Message} {cause.Message}" : failure.Message).ReplaceLineEndings(" ");
        }
        catch (IOException)
        {
            problem = "the peer ended it";
        }
        catch (Sockets.SocketCallException failure)
        {
            problem = $"the peer ended it: {failure.Errno}";
        }
        catch (OperationCanceledException)
        {
            problem = "not done in time";
        }

        tls.Dispose();
        return (null, problem);
    }
}
