namespace Weir.Packets.Capture;

/// <summary>libpcap's own numbers for what frames begin with (DLT_), which differ from those in files for raw IP (www.tcpdump.org/linktypes.html).</summary>
internal static class PcapLinks
{
    private const int RawOnLinux = 12;

    public static LinkType FromPcap(int link) => link == RawOnLinux ? LinkType.Raw : (LinkType)link;

    public static int ToPcap(LinkType link) => link == LinkType.Raw ? RawOnLinux : (int)link;
}
