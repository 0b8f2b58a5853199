using System.Net;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A body of which one sees how much the client has let go.</summary>
internal sealed class CountedContent(ReadOnlyMemory<byte> body) : HttpContent
{
    private const int PieceBytes = 16 * 1024;

    private int _sentBytes;

    public int SentBytes => Volatile.Read(ref _sentBytes);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (int start = 0; start < body.Length; start += PieceBytes)
        {
            int count = Math.Min(PieceBytes, body.Length - start);
            await stream.WriteAsync(body.Slice(start, count));
            Interlocked.Add(ref _sentBytes, count);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
