using Weir.Packets.Dissection;
using Weir.Packets.Timelines;

namespace Weir.Cli.Capturing;

/// <summary>Who sent what, as a drawing at the end: in the terminal, or in a file as SVG, JSON or text.</summary>
internal sealed class LadderSink(FileInfo? file) : PacketSink
{
    /// <summary>The most packets of a drawing.</summary>
    public const int MaxPackets = 20_000;

    private readonly List<Packet> _packets = [];
    private long _leftOut;

    /// <summary>What a file's name may end in.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".svg", ".json", ".txt"];

    public override void End()
    {
        var timeline = Timeline.FromPackets(_packets);
        if (_leftOut > 0)
            Console.Error.WriteLine($"weir: the drawing has room for {MaxPackets} packets; {_leftOut} are left out");
        if (file is null)
        {
            LadderText.Write(Console.Out, timeline, new LadderTextOptions { UseColor = !Console.IsOutputRedirected, WidthColumns = Console.IsOutputRedirected ? 100 : Console.WindowWidth });
            return;
        }

        File.WriteAllText(file.FullName, file.Extension switch
        {
            ".svg" => LadderSvg.Draw(timeline),
            ".json" => TimelineJson.Serialize(timeline),
            _ => LadderText.Draw(timeline),
        });
    }

    protected override void Take(Packet packet, FlowOwner owner)
    {
        if (_packets.Count < MaxPackets)
            _packets.Add(packet);
        else
            _leftOut++;
    }
}
