using System.IO.Pipelines;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Sockets;

namespace Weir.Cli.Connecting;

/// <summary>One run of <c>weir connect</c>: standard input goes to the peer, what the peer says goes to standard output.</summary>
internal static class ConnectSession
{
    private const int CopyBytes = 64 * 1024;

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
        {
            // A read of a terminal cannot be cancelled, so the peer's end does not wait for it.
            Task<string?> sending = Task.Run(() => SendInputAsync(connection), CancellationToken.None);
            (bool isWanted, string? problem) = await ReceiveAsync(connection).ConfigureAwait(false);
            if (isWanted && problem is null && sending.IsCompleted)
                problem = await sending.ConfigureAwait(false);
            return problem is null ? ExitCode.Fine : Fail(problem);
        }
    }

    private static async Task<string?> SendInputAsync(Connection connection)
    {
        using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[CopyBytes];
        while (await input.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
        {
            FlushResult flushed = await connection.Output.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            if (flushed.IsCompleted)
                return connection.Fault == Errno.None
                    ? null
                    : $"the peer has closed the connection: {connection.Fault}; the rest of the input was not sent";
        }

        await connection.Output.CompleteAsync().ConfigureAwait(false);
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
