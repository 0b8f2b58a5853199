using System.Text;

namespace Weir.Packets.Files;

/// <summary>The fixed fields of a packet's block, of whichever kind.</summary>
internal readonly record struct PcapngPacket(int HeaderBytes, uint InterfaceId, ulong? Ticks, uint CapturedBytes, uint OriginalBytes)
{
    /// <summary>The most text that one packet's comments are together.</summary>
    public const int MaxCommentLength = 65_536;

    public static PcapngPacket Read(uint type, PcapngNumbers body) => type switch
    {
        PcapngFormat.SimplePacket => new PcapngPacket(4, 0, null, body.UInt32(0), body.UInt32(0)),
        PcapngFormat.ObsoletePacket => new PcapngPacket(20, body.UInt16(0), body.Time(4), body.UInt32(12), body.UInt32(16)),
        _ => new PcapngPacket(20, body.UInt32(0), body.Time(4), body.UInt32(12), body.UInt32(16)),
    };

    /// <summary>What was noted, a line each, or null.</summary>
    public static string? Comment(PcapngNumbers options)
    {
        var option = new PcapngOptions(options);
        StringBuilder? text = null;
        while (option.MoveNext())
        {
            if (option.Code != PcapngFormat.Comment || text?.Length > MaxCommentLength)
                continue;
            text = text is null ? new StringBuilder() : text.Append('\n');
            text.Append(option.Text);
        }

        return text?.ToString();
    }
}
