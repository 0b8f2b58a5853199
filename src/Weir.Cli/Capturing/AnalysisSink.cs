using Weir.Packets.Analysis;
using Weir.Packets.Dissection;

namespace Weir.Cli.Capturing;

/// <summary>What went wrong in each TCP stream, told at the end.</summary>
internal sealed class AnalysisSink(bool isJson) : PacketSink
{
    private readonly CaptureAnalysis _analysis = new();

    public override void End()
    {
        if (!isJson)
        {
            AnalysisText.Write(Console.Out, _analysis);
            return;
        }

        foreach (StreamAnalysis stream in _analysis.Streams)
            Console.Out.WriteLine(AnalysisJson.Serialize(stream.Summarize()));
    }

    protected override void Take(Packet packet, FlowOwner owner) => _analysis.Add(packet);
}
