using Weir.Packets.Capture;

namespace Weir.Packets.Files;

/// <summary>The numbers of draft-ietf-opsawg-pcapng.</summary>
internal static class PcapngFormat
{
    public const uint SectionHeader = 0x0A0D0D0A;
    public const uint InterfaceDescription = 1;
    public const uint ObsoletePacket = 2;
    public const uint SimplePacket = 3;
    public const uint InterfaceStatistics = 5;
    public const uint EnhancedPacket = 6;

    public const uint ByteOrderMagic = 0x1A2B3C4D;
    public const ushort MajorVersion = 1;

    /// <summary>Type, length, and the length again at the end.</summary>
    public const int BlockFrameBytes = 12;

    public const ushort EndOfOptions = 0;
    public const ushort Comment = 1;
    public const ushort SectionApplication = 4;
    public const ushort InterfaceName = 2;
    public const ushort InterfaceDescriptionText = 3;
    public const ushort InterfaceTimeResolution = 9;
    public const ushort InterfaceFilter = 11;
    public const ushort InterfaceTimeOffset = 14;
    public const ushort StatisticsReceived = 4;
    public const ushort StatisticsDropped = 5;

    /// <summary>The longest frame that is written, and tcpdump's and tshark's own limit; what is longer is cut.</summary>
    public const int MaxFrameBytes = CaptureOptions.MaxSnapLengthBytes;

    /// <summary>Longer blocks are broken: tshark takes none either.</summary>
    public const int MaxBlockBytes = 16 * 1024 * 1024;

    public static int Padded(int bytes) => (bytes + 3) & ~3;
}
