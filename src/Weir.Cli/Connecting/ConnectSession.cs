using System.IO.Pipelines;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Cli.Connecting;

/// <summary>One run of <c>weir connect</c>: standard input goes to the peer, what the peer says goes to standard output.</summary>
internal sealed class ConnectSession
{
    private const int CopyBytes = 64 * 1024;

    // What still comes after the peer's end is sent on, and input that pauses so long is not waited for: the peer has closed altogether, perhaps.
    private static readonly TimeSpan s_inputPause = TimeSpan.FromSeconds(1);

    private readonly Connection _connection;
    private int _reads;
    private volatile bool _waitsForInput;

    private ConnectSession(Connection connection) => _connection = connection;

    public static async Task<int> RunAsync(SocketUrl url, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Connection connection;
        try
        {
            var options = new ConnectorOptions { Timeout = timeout };
            connection = await Connector.ConnectAsync(url, options, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketCallException failure) when (failure.Operation == "connect")
        {
            return Fail(failure.Message);
        }

        await using (connection.ConfigureAwait(false))
            return await new ConnectSession(connection).RunAsync().ConfigureAwait(false);
    }

    private async Task<int> RunAsync()
    {
        Task<string?> sending = Task.Run(SendInputAsync, CancellationToken.None);
        (bool isWanted, string? problem) = await ReceiveAsync(_connection).ConfigureAwait(false);
        if (isWanted && problem is null && await HasBeenSentAsync(sending).ConfigureAwait(false))
            problem = await sending.ConfigureAwait(false);
        return problem is null ? ExitCode.Fine : Fail(problem);
    }

    // A peer that has said everything may still listen. A read of a terminal cannot be cancelled, and nobody sits there for this.
    private async Task<bool> HasBeenSentAsync(Task sending)
    {
        while (Console.IsInputRedirected)
        {
            int before = Volatile.Read(ref _reads);
            if (await Task.WhenAny(sending, Task.Delay(s_inputPause)).ConfigureAwait(false) == sending)
                break;
            if (_waitsForInput && Volatile.Read(ref _reads) == before)
                break;
        }

        return sending.IsCompleted;
    }

    private async Task<string?> SendInputAsync()
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[CopyBytes];
        while (true)
        {
            _waitsForInput = true;
            int count = await input.ReadAsync(buffer).ConfigureAwait(false);
            _waitsForInput = false;
            Interlocked.Increment(ref _reads);
            if (count == 0)
                break;
            FlushResult flushed = await _connection.Output.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            if (flushed.IsCompleted)
                return _connection.Fault == Errno.None
                    ? null
                    : $"the peer has closed the connection: {_connection.Fault}; the rest of the input was not sent";
        }

        await _connection.Output.CompleteAsync().ConfigureAwait(false);
        return null;
    }

    private static async Task<(bool IsWanted, string? Problem)> ReceiveAsync(Connection connection)
    {
        try
        {
            Errno failed = await StandardOutput.CopyFromAsync(connection.Input).ConfigureAwait(false);
            if (failed is Errno.None)
                return (true, null);
            connection.Abort();
            // Whoever read our output has gone: end quietly, as a pipe's writer does, whatever becomes of the input.
            return (false, failed is Errno.EPIPE ? null : $"write standard output: {failed}; the rest of the answer is lost");
        }
        catch (SocketCallException failure)
        {
            return (true, failure.Message);
        }
    }

    internal static int Fail(string message)
    {
        Console.Error.WriteLine($"weir: {message}");
        return ExitCode.FoundWrong;
    }
}
