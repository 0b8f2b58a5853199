using System.Net;
using Weir.Linux;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Serving;

/// <summary>
/// Where <c>weir serve</c> listens when nobody says: on all nine kinds of address, of this machine only, the unix sockets in a folder that only
/// this user reaches.
/// </summary>
internal sealed class DefaultUrls : IDisposable
{
    // tcp and tcp4 on the same port would be the same address.
    private const int Port = 3110;
    private const int IPv4Port = 3114;
    private const int IPv6Port = 3116;

    private readonly DirectoryInfo _directory = CreateDirectory();

    public IReadOnlyList<SocketUrl> Urls
    {
        get
        {
            bool hasIPv6 = HasIPv6Loopback();
            List<SocketUrl> urls = [];
            foreach (string protocol in (string[])["tcp", "udp"])
            {
                urls.Add(SocketUrl.Parse($"{protocol}://127.0.0.1:{Port}"));
                urls.Add(SocketUrl.Parse($"{protocol}4://127.0.0.1:{IPv4Port}"));
                if (hasIPv6)
                    urls.Add(SocketUrl.Parse($"{protocol}6://[::1]:{IPv6Port}"));
            }

            urls.Add(SocketUrl.Unix(Path.Combine(_directory.FullName, "stream.sock")));
            urls.Add(SocketUrl.UnixGram(Path.Combine(_directory.FullName, "datagram.sock")));
            urls.Add(SocketUrl.UnixPacket(Path.Combine(_directory.FullName, "packet.sock")));
            return urls;
        }
    }

    public void Dispose()
    {
        try
        {
            _directory.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Whoever cleans temporary folders was here first.
        }
    }

    private static DirectoryInfo CreateDirectory()
    {
        try
        {
            return Directory.CreateTempSubdirectory("weir-");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The original names neither the folder nor a way out.
            throw new IOException(
                $"no folder for the unix socket can be made in {Path.GetTempPath()}; set TMPDIR to one that you may write to, or name the URLs",
                exception);
        }
    }

    // Socket.OSSupportsIPv6 is true as well where the kernel has IPv6 and the interface has no address of it, as in many containers.
    private static bool HasIPv6Loopback()
    {
        try
        {
            using var probe = KernelSocket.Create(AF_INET6, SOCK_STREAM);
            probe.Bind(KernelAddress.FromIPAddress(IPAddress.IPv6Loopback, port: 0));
            return true;
        }
        catch (SocketCallException failure) when (failure.Errno is Errno.EADDRNOTAVAIL or Errno.EAFNOSUPPORT)
        {
            return false;
        }
    }
}
