namespace Weir.Packets.Files;

/// <summary>A file's bytes from front to back. Its buffer grows with what is there, never with what a length field says.</summary>
internal sealed class CaptureInput(Stream stream) : IDisposable
{
    private const int FirstBufferBytes = 64 * 1024;

    private byte[] _buffer = new byte[FirstBufferBytes];
    private int _start;
    private int _end;

    /// <summary>Where in the file the next byte is.</summary>
    public long OffsetBytes { get; private set; }

    /// <summary>What is buffered; more after <see cref="TryFill"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start.._end);

    /// <summary>False when the file ends before so many bytes.</summary>
    public bool TryFill(int bytes)
    {
        while (_end - _start < bytes)
        {
            MakeRoom();
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
                return false;
            _end += read;
        }

        return true;
    }

    public void Advance(int bytes)
    {
        _start += bytes;
        OffsetBytes += bytes;
    }

    public void Dispose() => stream.Dispose();

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
            return;
        if (_start > 0)
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
        else
            Array.Resize(ref _buffer, _buffer.Length * 2);
        (_start, _end) = (0, _end - _start);
    }
}
