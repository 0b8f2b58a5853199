using System.Buffers;
using System.IO.Pipelines;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Output;

/// <summary>Standard output, or standard error, as bytes. The console's own stream takes a broken pipe for success and would go on for ever.</summary>
internal static class StandardOutput
{
    private const int Fd = 1;
    private const int ErrorFd = 2;

    /// <summary>Copies until the input ends, or until nobody reads the output any more.</summary>
    /// <returns>None at the end of the input; EPIPE when the reader has gone; otherwise why writing failed.</returns>
    public static async Task<Errno> CopyFromAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            Errno failed = Write(read.Buffer);
            input.AdvanceTo(read.Buffer.End);
            if (failed is not Errno.None || read.IsCompleted)
                return failed;
        }
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>None; EPIPE when the reader has gone; otherwise why writing failed.</returns>
    public static Errno Write(ReadOnlySpan<byte> rest) => Write(Fd, rest);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})"/>
    public static Errno WriteError(ReadOnlySpan<byte> rest) => Write(ErrorFd, rest);

    private static Errno Write(int fd, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            SysResult written = Sys.Write(fd, rest);
            if (written.IsOk)
                rest = rest[written.Value..];
            else if (written.Errno is Errno.EAGAIN)
                WaitUntilWritable(fd);
            else if (written.Errno is not Errno.EINTR)
                return written.Errno;
        }

        return Errno.None;
    }

    private static Errno Write(ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> piece in bytes)
        {
            if (Write(piece.Span) is var failed and not Errno.None)
                return failed;
        }

        return Errno.None;
    }

    // Whoever shares the terminal or the pipe may have made it non-blocking.
    private static void WaitUntilWritable(int fd)
    {
        Span<pollfd> one = [new pollfd { fd = fd, events = POLLOUT }];
        Sys.Poll(one, Timeout.InfiniteTimeSpan);
    }
}
