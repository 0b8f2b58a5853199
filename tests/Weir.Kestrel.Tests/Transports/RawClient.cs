using System.Net.Sockets;
using System.Text;
using Weir.Testing;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>A client that sends and sees bytes.</summary>
internal sealed class RawClient(Socket socket) : IDisposable
{
    public Socket Socket => socket;

    public async Task SendAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.Latin1.GetBytes(text);
        while (!rest.IsEmpty)
            rest = rest[await socket.SendAsync(rest).AsTask().WaitAsync(Deadline.Generous)..];
    }

    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    /// <summary>Reads until this text has come, and no byte more than the receive that brought it.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(buffer).WaitAsync(Deadline.Generous);
            if (count == 0)
                throw new EndOfStreamException($"the server finished after '{text}'; expected '{end}'");
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    /// <summary>What one receive brings.</summary>
    public async Task<string> ReadSomeAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        int count = await socket.ReceiveAsync(buffer).WaitAsync(Deadline.Generous);
        return count > 0 ? Encoding.Latin1.GetString(buffer, 0, count) : throw new EndOfStreamException("the server finished");
    }

    /// <summary>Reads this many bytes.</summary>
    public async Task<string> ReadAsync(int bytes)
    {
        byte[] buffer = new byte[bytes];
        for (int filled = 0; filled < bytes;)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(filled)).AsTask().WaitAsync(Deadline.Generous);
            filled += count > 0 ? count : throw new EndOfStreamException($"the server finished after {filled} of {bytes} bytes");
        }

        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>Reads to the end of the stream.</summary>
    /// <exception cref="SocketException">The server reset the connection.</exception>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer).WaitAsync(Deadline.Generous) is > 0 and int count)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }

    /// <summary>For where the server may meet bytes that it never reads: Linux then makes a reset of its end.</summary>
    public async Task ReadToTheEndOrResetAsync()
    {
        try
        {
            await ReadToEndAsync();
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // The other of the two.
        }
    }

    public void Dispose() => socket.Dispose();
}
