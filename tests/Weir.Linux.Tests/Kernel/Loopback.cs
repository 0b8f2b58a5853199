using System.Buffers.Binary;
using System.Text;
using static Weir.Linux.Uapi;

namespace Weir.Linux.Tests.Kernel;

/// <summary>Addresses in the kernel's bytes, and sockets that are connected through them.</summary>
internal static class Loopback
{
    /// <summary>struct sockaddr_in (ip(7)) of 127.0.0.1.</summary>
    public static byte[] Address(int port = 0)
    {
        byte[] address = new byte[16];
        BinaryPrimitives.WriteUInt16LittleEndian(address, AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), (ushort)port);
        address[4] = 127;
        address[7] = 1;
        return address;
    }

    /// <summary>struct sockaddr_un (unix(7)).</summary>
    public static byte[] Address(string path) => [AF_UNIX, 0, .. Encoding.UTF8.GetBytes(path), 0];

    public static int PortOf(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    public static SafeFd Socket(int family = AF_INET, int type = SOCK_STREAM) => Open(Sys.Socket(family, type | SOCK_CLOEXEC, 0));

    /// <summary>A listener on a port that the kernel chose.</summary>
    public static SafeFd Listener(out byte[] address)
    {
        SafeFd listener = Socket();
        Assert.Ok(Sys.Bind(listener.Number, Address()));
        Assert.Ok(Sys.Listen(listener.Number, backlog: 16));
        address = new byte[16];
        Assert.Ok(Sys.GetSocketName(listener.Number, address, out _));
        return listener;
    }

    /// <summary>The two ends of a TCP connection.</summary>
    public static (SafeFd Client, SafeFd Server) Connection()
    {
        using SafeFd listener = Listener(out byte[] address);
        SafeFd client = Socket();
        Assert.Ok(Sys.Connect(client.Number, address));
        return (client, Open(Sys.Accept(listener.Number, SOCK_CLOEXEC)));
    }

    public static (SafeFd First, SafeFd Second) Pair(int type = SOCK_STREAM)
    {
        Assert.Ok(Sys.SocketPair(AF_UNIX, type | SOCK_CLOEXEC, 0, out int first, out int second));
        return (new SafeFd(first), new SafeFd(second));
    }

    public static SafeFd Open(SysResult result)
    {
        Assert.Ok(result);
        return new SafeFd(result.Value);
    }
}
