using System.Net.Sockets;
using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary>Where <c>weir serve</c> listens when nobody says: this machine only, TCP and a unix socket that only this user reaches.</summary>
internal sealed class DefaultUrls : IDisposable
{
    private const int Port = 3110;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("weir-");

    public IReadOnlyList<SocketUrl> Urls
    {
        get
        {
            List<SocketUrl> urls = [SocketUrl.Tcp4("127.0.0.1", Port)];
            if (Socket.OSSupportsIPv6)
                urls.Add(SocketUrl.Tcp6("::1", Port));
            urls.Add(SocketUrl.Unix(Path.Combine(_directory.FullName, "weir.sock")));
            return urls;
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
