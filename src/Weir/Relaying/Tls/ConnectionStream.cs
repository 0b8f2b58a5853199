using System.Buffers;
using System.IO.Pipelines;
using Weir.Loops;

namespace Weir;

/// <summary>A connection as the stream that TLS is spoken over.</summary>
internal sealed class ConnectionStream(Connection connection) : Stream
{
    /// <summary>
    /// Whether what follows a read runs on the thread pool: a handshake computes for a millisecond, and looks up certificates, for which no
    /// loop has time. After it everything runs on the loop, one thing at a time: SslStream does not lock its state when it shuts down, and a
    /// record that is decrypted meanwhile is lost, or spoils it.
    /// </summary>
    public bool LeavesLoop { get; set; } = true;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>An empty buffer waits until there is something to read.</summary>
    /// <exception cref="Sockets.SocketCallException">The connection was reset.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult read = await connection.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (LeavesLoop)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        else
            await new LoopSwitch(connection.Loop);
        int count = (int)Math.Min(read.Buffer.Length, buffer.Length);
        ReadOnlySequence<byte> taken = read.Buffer.Slice(0, count);
        taken.CopyTo(buffer.Span);
        connection.Input.AdvanceTo(taken.End);
        return count;
    }

    /// <exception cref="IOException">The connection takes nothing more.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult flushed = await connection.Output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (flushed.IsCompleted)
            throw new IOException($"the peer takes nothing more: {connection.Fault}");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
