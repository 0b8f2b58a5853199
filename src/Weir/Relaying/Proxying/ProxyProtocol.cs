namespace Weir;

/// <summary>Versions of the PROXY protocol: a few bytes before everything else that say who the client is (haproxy.org, proxy-protocol.txt).</summary>
public enum ProxyProtocol
{
    /// <summary>No header.</summary>
    None,

    /// <summary>A line of text.</summary>
    V1,

    /// <summary>Binary, which can say unix addresses as well.</summary>
    V2,
}
