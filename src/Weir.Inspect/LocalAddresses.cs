using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Weir.Sockets;

namespace Weir.Inspect;

/// <summary>The addresses of this machine's interfaces, and what is delivered to it besides: loopback, multicast, broadcast. For one thread.</summary>
internal sealed class LocalAddresses
{
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(5);

    private HashSet<IPAddress> _known = [];
    private long _readAt;

    public bool Contain(KernelAddress address)
    {
        IPAddress ip = address.ToIPEndPoint().Address;
        if (IPAddress.IsLoopback(ip) || IsForMany(ip))
            return true;
        if (_readAt == 0 || TimeProvider.System.GetElapsedTime(_readAt) > s_age)
            Read();
        return _known.Contains(ip);
    }

    private void Read()
    {
        _readAt = TimeProvider.System.GetTimestamp();
        _known = [];
        foreach (NetworkInterface device in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (UnicastIPAddressInformation own in device.GetIPProperties().UnicastAddresses)
                _known.Add(own.Address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(own.Address.GetAddressBytes()) : own.Address);
        }
    }

    private static bool IsForMany(IPAddress ip) =>
        ip.IsIPv6Multicast || (ip.AddressFamily == AddressFamily.InterNetwork && ip.GetAddressBytes()[0] >= 224);
}
