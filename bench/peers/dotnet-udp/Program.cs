// .NET's Socket as users write it: a call for each datagram, SendTo and ReceiveFromAsync with a SocketAddress, which is what
// allocates nothing. With --blocking the fastest that Socket has: connected, Send and Receive.
using System.Net;
using System.Net.Sockets;
using Weir.Bench.Peers.Udp;

const int BufferBytes = 2048;
const int Batch = 64;

if (UdpPeerOptions.Parse(args) is not { Offload: false } options)
{
    await Console.Error.WriteLineAsync(
        "usage: DotnetUdp send|receive udp://ADDRESS:PORT [--blocking] [--size 64] [--receive-buffer BYTES] "
        + "(--warmup SECONDS --seconds SECONDS | --count DATAGRAMS)");
    return 2;
}

using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
return options.IsSender ? await SendAsync(socket, options) : await ReceiveAsync(socket, options);

static async Task<int> SendAsync(Socket socket, UdpPeerOptions options)
{
    byte[] datagram = Departures.Payload(options.SizeBytes);
    SocketAddress to = options.EndPoint.Serialize();
    if (options.Blocking)
        await socket.ConnectAsync(options.EndPoint);
    var departures = new Departures(options);
    try
    {
        while (!departures.IsOver)
        {
            for (int i = departures.Of(Batch); i > 0; i--)
            {
                departures.WriteSequence(datagram);
                if (options.Blocking)
                    socket.Send(datagram);
                else
                    socket.SendTo(datagram, SocketFlags.None, to);
            }

            await departures.PauseAsync();
        }
    }
    catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
    {
        // The receiver has finished.
    }

    departures.Tell();
    return 0;
}

static async Task<int> ReceiveAsync(Socket socket, UdpPeerOptions options)
{
    byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    var from = new SocketAddress(AddressFamily.InterNetwork);
    if (options.ReceiveBufferBytes > 0)
        socket.ReceiveBufferSize = options.ReceiveBufferBytes;
    socket.Bind(options.EndPoint);
    var arrivals = new Arrivals(options, () => Dropped(socket), socket.ReceiveBufferSize);
    Arrivals.TellReady();
    while (!arrivals.IsOver())
    {
        int count = options.Blocking
            ? socket.Receive(buffer)
            : await socket.ReceiveFromAsync(buffer, SocketFlags.None, from);
        arrivals.Take(buffer.AsSpan(0, count));
    }

    return arrivals.Tell();
}

// SO_MEMINFO, socket(7): nine numbers, the last one is what there was no room for.
static long Dropped(Socket socket)
{
    const int SolSocket = 1;
    const int SoMeminfo = 55;
    const int DropsAt = 8;
    Span<byte> memory = stackalloc byte[(DropsAt + 1) * sizeof(uint)];
    socket.GetRawSocketOption(SolSocket, SoMeminfo, memory);
    return BitConverter.ToUInt32(memory[(DropsAt * sizeof(uint))..]);
}
