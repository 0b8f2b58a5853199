namespace Weir.Packets.Files;

/// <summary>What blocks say about an interface.</summary>
internal static class PcapngInterface
{
    private const int FixedBytes = 8;
    private const int StatisticsFixedBytes = 12;

    public static CaptureInterface Read(PcapngNumbers body)
    {
        string? name = null;
        string? description = null;
        byte resolution = TickLength.Microseconds;
        long offset = 0;
        var option = new PcapngOptions(body.From(FixedBytes));
        while (option.MoveNext())
        {
            switch (option.Code)
            {
                case PcapngFormat.InterfaceName: name = option.Text; break;
                case PcapngFormat.InterfaceDescriptionText: description = option.Text; break;
                case PcapngFormat.InterfaceTimeResolution when option.Value.Length >= 1: resolution = option.Value.Slice(0, 1)[0]; break;
                case PcapngFormat.InterfaceTimeOffset: offset = (long)option.Value.UInt64(0); break;
            }
        }

        return new CaptureInterface
        {
            Link = (LinkType)body.UInt16(0),
            SnapBytes = body.UInt32(4),
            Name = name,
            Description = description,
            Tick = new TickLength(resolution, offset),
        };
    }

    public static void ReadStatistics(CaptureInterface captured, PcapngNumbers body)
    {
        var option = new PcapngOptions(body.From(StatisticsFixedBytes));
        while (option.MoveNext())
        {
            if (option.Code == PcapngFormat.StatisticsReceived)
                captured.Received = (long)option.Value.UInt64(0);
            else if (option.Code == PcapngFormat.StatisticsDropped)
                captured.Dropped = (long)option.Value.UInt64(0);
        }
    }
}
