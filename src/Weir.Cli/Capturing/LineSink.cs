using System.Text;
using Weir.Cli.Output;
using Weir.Linux;
using Weir.Packets.Dissection;
using Weir.Packets.Streams;
using Weir.Packets.Summaries;

namespace Weir.Cli.Capturing;

/// <summary>A line for each packet on standard output.</summary>
internal sealed class LineSink(CaptureSettings settings, InterfaceNames names) : PacketSink
{
    private readonly PacketSummary _summary = new(new SummaryOptions { InterfaceNames = names.ByIndex, Details = settings.IsVerbose });
    private readonly StreamTable _streams = new();
    private readonly StringBuilder _lines = new();

    public override void Flush()
    {
        if (_lines.Length == 0)
            return;
        Errno failed = StandardOutput.Write(Encoding.UTF8.GetBytes(_lines.ToString()));
        _lines.Clear();
        if (failed is not Errno.None)
            throw new OutputLostException(failed);
    }

    public override void End() => Flush();

    protected override void Take(Packet packet, FlowOwner owner)
    {
        _lines.Append(_summary.Format(packet, _streams.Observe(packet))).Append('\n');
        if (_lines.Length > 64 * 1024)
            Flush();
    }
}
