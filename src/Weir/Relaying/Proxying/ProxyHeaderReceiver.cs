using System.Buffers;
using System.IO.Pipelines;
using Weir.Sockets;

namespace Weir;

/// <summary>Waits for the PROXY header at the beginning of a connection and takes it away.</summary>
internal static class ProxyHeaderReceiver
{
    /// <returns>The header, or what is wrong.</returns>
    public static async Task<(ProxyHeader Header, string? Problem)> ReceiveAsync(ConnectionReader input, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync(late.Token).ConfigureAwait(false);
                switch (Parse(read.Buffer, out ProxyHeader header, out int length, out string problem))
                {
                    case ProxyHeaderOutcome.Complete:
                        input.AdvanceTo(read.Buffer.GetPosition(length));
                        return (header, null);
                    case ProxyHeaderOutcome.Incomplete:
                        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                        if (read.IsCompleted)
                            return (default, "the PROXY header is missing; the client has finished");
                        break;
                    case ProxyHeaderOutcome.Missing:
                        return (default, problem);
                    default:
                        return (default, $"the PROXY header is malformed: {problem}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (default, $"no whole PROXY header within {limit.TotalSeconds:0.###} s");
        }
        catch (SocketCallException)
        {
            return (default, "the client was reset before its PROXY header was whole");
        }
    }

    private static ProxyHeaderOutcome Parse(ReadOnlySequence<byte> buffer, out ProxyHeader header, out int length, out string problem)
    {
        ReadOnlySequence<byte> beginning = buffer.Slice(0, Math.Min(buffer.Length, ProxyHeader.MaxV2Bytes));
        ReadOnlySpan<byte> bytes = beginning.IsSingleSegment ? beginning.FirstSpan : beginning.ToArray();
        return ProxyHeaderParser.Parse(bytes, out header, out length, out problem);
    }
}
