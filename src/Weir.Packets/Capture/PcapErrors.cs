namespace Weir.Packets.Capture;

/// <summary>What libpcap says, as one line that also says what to try.</summary>
internal static class PcapErrors
{
    private const int PcapError = -1;
    private const int NoSuchDevice = -5;
    private const int PermissionDenied = -8;
    private const int InterfaceNotUp = -9;
    private const int PromiscuousPermissionDenied = -11;

    /// <summary>The result of the first call of a use of libpcap, which finds out whether it is there.</summary>
    public static T Loaded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new CaptureException("libpcap is not installed; 'apt install libpcap0.8'");
        }
    }

    public static CaptureException Opening(string device, int status, string detail) => status switch
    {
        PermissionDenied or PromiscuousPermissionDenied => new CaptureException(
            $"capture on {device}: EPERM; it takes CAP_NET_RAW: become root, or see the traffic of one command with 'weir capture -- COMMAND'")
        {
            IsPermission = true,
        },
        NoSuchDevice => new CaptureException($"capture on {device}: there is no such interface; 'ip link' shows those there are"),
        InterfaceNotUp => new CaptureException($"capture on {device}: the interface is down; 'ip link set {device} up' switches it on"),
        PcapError => new CaptureException($"capture on {device}: {detail}"),
        _ => new CaptureException($"capture on {device}: {Pcap.Text(Pcap.pcap_statustostr(status))}{(detail.Length > 0 ? $" ({detail})" : "")}"),
    };
}
