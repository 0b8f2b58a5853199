// .NET's Socket as its documentation shows it and users write it: an accept loop, and for each connection one async
// method with a buffer of its own. No option is set, in this peer or any other: a closed loop of small messages never
// meets Nagle's algorithm. DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1 makes it the tuned peer.
using System.Net;
using System.Net.Sockets;

const int BufferBytes = 4096;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: DotnetSocket tcp://ADDRESS:PORT|unix:///PATH");
    return 2;
}

using Socket listener = Listen(args[0]);
while (true)
    _ = EchoAsync(await listener.AcceptAsync());

static Socket Listen(string url)
{
    const string unixPrefix = "unix://";
    EndPoint endPoint = url.StartsWith(unixPrefix, StringComparison.Ordinal)
        ? new UnixDomainSocketEndPoint(url[unixPrefix.Length..])
        : IPEndPoint.Parse(new Uri(url).Authority);
    var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
    listener.Bind(endPoint);
    listener.Listen();
    return listener;
}

static async Task EchoAsync(Socket socket)
{
    using (socket)
    {
        try
        {
            byte[] buffer = new byte[BufferBytes];
            while (await socket.ReceiveAsync(buffer) is > 0 and int count)
                await socket.SendAsync(buffer.AsMemory(0, count));
        }
        catch (SocketException)
        {
            // The peer is gone, and with it the only one who would care.
        }
    }
}
