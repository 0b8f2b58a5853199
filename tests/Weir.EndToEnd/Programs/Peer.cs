using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd;

/// <summary>A scripted client of .NET's own sockets, for what no command line tool can be told to do.</summary>
internal sealed class Peer(Socket socket) : IDisposable
{
    /// <param name="address">A URL of ours.</param>
    /// <param name="ownPath">What a unix datagram socket binds to, so that it can be answered.</param>
    public static async Task<Peer> ConnectAsync(string address, string? ownPath = null)
    {
        string scheme = address[..address.IndexOf("://", StringComparison.Ordinal)];
        string rest = address[(scheme.Length + 3)..];
        EndPoint endPoint = scheme.StartsWith("unix", StringComparison.Ordinal) ? new UnixDomainSocketEndPoint(rest) : IPEndPoint.Parse(rest);
        SocketType type = scheme switch
        {
            "unixpacket" => SocketType.Seqpacket,
            "unixgram" or "udp" or "udp4" or "udp6" => SocketType.Dgram,
            _ => SocketType.Stream,
        };
        var socket = new Socket(endPoint.AddressFamily, type, ProtocolType.Unspecified);
        if (ownPath is not null)
            socket.Bind(new UnixDomainSocketEndPoint(ownPath));
        await socket.ConnectAsync(endPoint).InTime();
        return new Peer(socket);
    }

    public async Task SendAsync(string text) =>
        Assert.Equal(text.Length, await socket.SendAsync(Encoding.ASCII.GetBytes(text)).InTime());

    /// <summary>One datagram or message, of any length.</summary>
    public async Task SendAsync(byte[] message)
    {
        // The kernel doubles it, and takes no message that is longer.
        socket.SendBufferSize = message.Length;
        Assert.Equal(message.Length, await socket.SendAsync(message).InTime());
    }

    /// <summary>One datagram or message.</summary>
    public async Task<byte[]> ReceiveMessageAsync()
    {
        byte[] buffer = new byte[1024 * 1024];
        return buffer[..await socket.ReceiveAsync(buffer).InTime()];
    }

    /// <summary>Fills the way to a server that doesn't read, or whose answers nobody reads, until the kernel takes no more.</summary>
    public void SendUntilFull()
    {
        byte[] block = new byte[64 * 1024];
        socket.SendTimeout = 500;
        try
        {
            while (true)
                socket.Send(block);
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            // Full.
        }
    }

    /// <summary>Sends lines of eight bytes, at least so many bytes, and on until the kernel takes no more.</summary>
    /// <returns>How many bytes it took; the last line may be begun only.</returns>
    public async Task<long> SendLinesUntilFullAsync(long minimumBytes)
    {
        const int EnoughRefusals = 20;
        byte[] lines = [.. Enumerable.Repeat("0123456\n"u8.ToArray(), 8 * 1024).SelectMany(line => line)];
        long total = 0;
        int refusals = 0;
        socket.Blocking = false;
        await Eventually.True(() =>
        {
            int sent = socket.Send(lines.AsSpan((int)(total % 8)), SocketFlags.None, out SocketError error);
            refusals = error == SocketError.WouldBlock ? refusals + 1 : 0;
            total += sent;
            return total >= minimumBytes && refusals >= EnoughRefusals;
        });
        return total;
    }

    /// <summary>Sends until the other side refuses, as one that has gone does.</summary>
    public void SendUntilRefused()
    {
        byte[] block = new byte[64 * 1024];
        socket.SendTimeout = (int)Deadline.Generous.TotalMilliseconds;
        try
        {
            while (true)
                socket.Send(block);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // As it should be.
        }
    }

    /// <summary>Its end will be a reset (SO_LINGER 0, socket(7)).</summary>
    public void ResetOnClose() => socket.LingerState = new LingerOption(enable: true, seconds: 0);

    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>What comes until it is this long, or ends.</summary>
    public async Task<string> ReceiveAsync(int bytes)
    {
        byte[] buffer = new byte[bytes];
        int received = 0;
        while (received < bytes && await socket.ReceiveAsync(buffer.AsMemory(received)).AsTask().InTime() is var count and > 0)
            received += count;
        return Encoding.ASCII.GetString(buffer, 0, received);
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>How many bytes came.</returns>
    public async Task<long> CountToEndAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        long received = 0;
        while (await socket.ReceiveAsync(buffer.AsMemory()).AsTask().InTime() is var count and > 0)
            received += count;
        return received;
    }

    public bool HasInput => socket.Available > 0;

    public void Dispose() => socket.Dispose();
}
