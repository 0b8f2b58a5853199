using System.Buffers.Binary;
using System.Net;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Bench.Peers.BareEpoll;

internal static class Listening
{
    private const string UnixPrefix = "unix://";

    public static int On(string url) => url.StartsWith(UnixPrefix, StringComparison.Ordinal)
        ? Open(AF_UNIX, UnixAddress(url[UnixPrefix.Length..]))
        : Open(AF_INET, TcpAddress(new Uri(url)));

    private static int Open(int family, ReadOnlySpan<byte> address)
    {
        int fd = Checked.Value(Sys.Socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol: 0), "socket");
        Checked.Value(Sys.SetSockOpt(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
        Checked.Value(Sys.Bind(fd, address), "bind");
        Checked.Value(Sys.Listen(fd, SOMAXCONN), "listen");
        return fd;
    }

    // struct sockaddr_in, ip(7)
    private static byte[] TcpAddress(Uri url)
    {
        byte[] address = new byte[16];
        BitConverter.TryWriteBytes(address, (ushort)AF_INET);
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), (ushort)url.Port);
        IPAddress.Parse(url.Host).GetAddressBytes().CopyTo(address, 4);
        return address;
    }

    // struct sockaddr_un, unix(7)
    private static byte[] UnixAddress(string path)
    {
        byte[] address = new byte[2 + Encoding.UTF8.GetByteCount(path) + 1];
        BitConverter.TryWriteBytes(address, (ushort)AF_UNIX);
        Encoding.UTF8.GetBytes(path, address.AsSpan(2));
        return address;
    }
}
