using System.Buffers;
using System.IO.Pipelines;

namespace Weir.Bench;

/// <summary>The server's side: reads a header and serves the connection as it says.</summary>
internal sealed class SoakHandlers
{
    private const int SlowBytes = 3_000;
    private const int SlowPieces = 8;
    private const int LongestDelayMs = 8;

    private readonly int[] _open = new int[Enum.GetValues<SoakHandler>().Length];
    private readonly long[] _served = new long[Enum.GetValues<SoakHandler>().Length];
    private int _waiting;

    /// <summary>Handlers that have not come to their end, those that wait for a header included.</summary>
    public int Open => Volatile.Read(ref _waiting) + _open.Sum();

    public long Served(SoakHandler handler) => Interlocked.Read(ref _served[(int)handler]);

    /// <summary>For a person: which kinds are open, and how many of each.</summary>
    public string DescribeOpen()
    {
        IEnumerable<string> kinds = Enum.GetValues<SoakHandler>().Where(kind => _open[(int)kind] > 0).Select(kind => $"{kind} {_open[(int)kind]}");
        return string.Join(", ", kinds.Append($"without a header {Volatile.Read(ref _waiting)}"));
    }

    public async Task ServeAsync(Connection connection)
    {
        SoakHeader? header;
        Interlocked.Increment(ref _waiting);
        try
        {
            header = await ReadHeaderAsync(connection.Input);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        if (header is not { } known)
            return;
        Interlocked.Increment(ref _open[(int)known.Handler]);
        Interlocked.Increment(ref _served[(int)known.Handler]);
        try
        {
            await ServeAsync(connection, known);
        }
        finally
        {
            Interlocked.Decrement(ref _open[(int)known.Handler]);
        }
    }

    private static Task ServeAsync(Connection connection, SoakHeader header) => header.Handler switch
    {
        SoakHandler.SlowReader => ReadSlowlyAsync(connection),
        SoakHandler.Later => AnswerLaterAsync(connection, delayMs: 1 + (header.AmountBytes % LongestDelayMs)),
        SoakHandler.Throws => ThrowAsync(connection, header.AmountBytes),
        SoakHandler.Aborts => AbortAsync(connection, header.AmountBytes),
        SoakHandler.HalfCloses => HalfCloseAsync(connection, header.AmountBytes),
        _ => EchoAsync(connection, long.MaxValue),
    };

    private static async Task<SoakHeader?> ReadHeaderAsync(ConnectionReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            if (SoakHeader.TryRead(read.Buffer, out SoakHeader header))
            {
                input.AdvanceTo(read.Buffer.GetPosition(SoakHeader.SizeBytes));
                return header;
            }

            bool isLast = read.IsCompleted;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isLast)
                return null;
        }
    }

    /// <returns>Whether all of <paramref name="left"/> was echoed, and the input may go on.</returns>
    private static async Task<bool> EchoAsync(Connection connection, long left)
    {
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync();
            ReadOnlySequence<byte> bytes = read.Buffer.Length > left ? read.Buffer.Slice(0, left) : read.Buffer;
            left -= bytes.Length;
            (SequencePosition end, bool isLast) = (bytes.End, read.IsCompleted);
            FlushResult flushed = await connection.Output.WriteAsync(bytes);
            connection.Input.AdvanceTo(end);
            if (left == 0)
                return true;
            if (isLast || flushed.IsCompleted)
                return false;
        }
    }

    private static async Task ReadSlowlyAsync(Connection connection)
    {
        for (int piece = 1; ; piece++)
        {
            ReadResult read = await connection.Input.ReadAsync();
            ReadOnlySequence<byte> bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, SlowBytes));
            bytes.CopyTo(connection.Output.GetSpan((int)bytes.Length));
            connection.Output.Advance((int)bytes.Length);
            bool isLast = read.IsCompleted && bytes.Length == read.Buffer.Length;
            connection.Input.AdvanceTo(bytes.End);
            FlushResult flushed = await connection.Output.FlushAsync();
            if (isLast || flushed.IsCompleted)
                return;
            if (piece % SlowPieces == 0)
                await Task.Delay(1);
        }
    }

    private static async Task AnswerLaterAsync(Connection connection, int delayMs)
    {
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync();
            await Task.Delay(delayMs);
            FlushResult flushed = await connection.Output.WriteAsync(read.Buffer);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || flushed.IsCompleted)
                return;
        }
    }

    private static async Task ThrowAsync(Connection connection, int amountBytes)
    {
        if (await EchoAsync(connection, amountBytes))
            throw new SoakException();
    }

    private static async Task AbortAsync(Connection connection, int amountBytes)
    {
        if (await EchoAsync(connection, amountBytes))
            connection.Abort();
    }

    private static async Task HalfCloseAsync(Connection connection, int amountBytes)
    {
        if (!await EchoAsync(connection, amountBytes))
            return;
        connection.Output.Complete();
        await StandardHandlers.Discard(connection);
    }
}

/// <summary>The one that a handler throws on purpose.</summary>
internal sealed class SoakException() : Exception("thrown on purpose");
