using System.Net;
using Weir.Sockets;

namespace Weir.Kestrel;

/// <summary>
/// An endpoint by URL, with socket options in its query: <c>tcp4://:5000?reuseport=on</c>, <c>unix://@name</c>, <c>fd://3</c>. For
/// <c>KestrelServerOptions.Listen</c>.
/// </summary>
public sealed class UrlEndPoint : EndPoint
{
    public UrlEndPoint(SocketUrl url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.Scheme != SocketScheme.Fd && !url.Scheme.IsTcp() && url.Scheme != SocketScheme.Unix)
            throw new NotSupportedException($"{url}: {url.Scheme.Name()} has no stream connections; use tcp, tcp4, tcp6, unix or fd");
        Url = url;
    }

    /// <param name="url">The URL's text.</param>
    /// <exception cref="SocketUrlException">The text is no URL; the exception says where and why.</exception>
    /// <exception cref="NotSupportedException">The scheme has no stream connections.</exception>
    public UrlEndPoint(string url)
        : this(SocketUrl.Parse(url))
    {
    }

    public SocketUrl Url { get; }

    public override bool Equals(object? obj) => obj is UrlEndPoint other && other.Url == Url;

    public override int GetHashCode() => Url.GetHashCode();

    public override string ToString() => Url.ToString();
}
