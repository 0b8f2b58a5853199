// The system calls of a server, one by one, for one client at a time. Each line that begins with KernelSocket or a socket's name
// is one call to the kernel; `strace -e trace=network` shows the same names in the same order.
//
//   dotnet run --project samples/MinimalServer -- 3110        and then:  socat - TCP4:127.0.0.1:3110
using System.Net;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

int port = args.Length > 0 ? int.Parse(args[0]) : 3110;

// socket(2): a descriptor, and nothing more; it has neither an address nor a peer. "Blocking": calls wait in the kernel.
using KernelSocket listener = KernelSocket.Create(AF_INET, SOCK_STREAM, blocking: true);

// setsockopt(2): without SO_REUSEADDR the port stays taken for a minute after a server that closed its connections itself (TIME_WAIT).
listener.Set(SocketOptions.ReuseAddress, value: true);

// bind(2): gives it the address. Port 0 lets the kernel choose a free one.
listener.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port));

// listen(2): from here on the kernel shakes hands by itself; up to 16 connections wait in a queue until somebody accepts them.
listener.Listen(backlog: 16);

// getsockname(2): which port it became.
Console.WriteLine($"listening on {listener.LocalAddress}");

while (true)
{
    // accept4(2): takes the first connection of the queue, or sleeps until there is one. It is a new socket with a descriptor of its own;
    // the listener goes on listening.
    using KernelSocket? connection = listener.TryAccept(out Errno refused, blocking: true);
    if (connection is null)
    {
        // The client gave up while it waited, or a signal came: neither is a reason to stop.
        Console.WriteLine($"accept: {refused}");
        continue;
    }

    Console.WriteLine($"accepted {connection.PeerAddress}");
    long bytes = Echo(connection);

    // shutdown(2): "I have said everything." The client reads the end of the stream (FIN) and can still be heard.
    connection.Shutdown(SHUT_WR);
    Console.WriteLine($"closed after {bytes} bytes");

    // close(2), at the end of this block: the descriptor's number is free again.
}

static long Echo(KernelSocket connection)
{
    Span<byte> buffer = stackalloc byte[4096];
    long total = 0;
    while (true)
    {
        // recv(2): sleeps until there is at least one byte. It gives what has arrived, however the client cut it: a stream has no messages.
        SysResult received = connection.Receive(buffer);
        if (received.Errno is Errno.EINTR)
            continue;

        // Zero bytes: the client has finished. An error: it is gone (ECONNRESET).
        if (!received.IsOk || received.Value == 0)
            return total;
        total += received.Value;

        // send(2): copies into the kernel's buffer, sleeps while that is full, and may take fewer bytes than it is given.
        for (Span<byte> rest = buffer[..received.Value]; !rest.IsEmpty;)
        {
            SysResult sent = connection.Send(rest);
            if (sent.IsOk)
                rest = rest[sent.Value..];
            else if (sent.Errno is not Errno.EINTR)
                return total;
        }
    }
}
