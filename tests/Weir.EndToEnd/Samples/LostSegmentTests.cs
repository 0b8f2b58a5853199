using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Samples;

/// <summary>samples/LostSegment: both sides' calls, segments, states and counters on one clock. It needs no root.</summary>
public sealed class LostSegmentTests
{
    [RequiresNetworkNamespaceFact]
    public async Task TheDrawing_HasCallsSegmentsStatesAndCountersOfBothSides()
    {
        using var folder = new TemporaryFolder();
        string svg = Path.Combine(folder.Path, "lost.svg");

        Finished sample = (await Run.Dotnet(Repository.At("artifacts", "bin", "LostSegment", "release", "LostSegment.dll"), [svg]).ToEnd()).Succeeded();

        string[] expected =
        [
            "connect(fd ", "accept(fd ", "\"message 3\"", "─ SYN seq=0", "─✗", "retransmission", "● SYN_SENT", "● SYN_RECV", "● ESTABLISHED", "● LISTEN",
            "TcpRetransSegs +1", "receive queue ", "● FIN_WAIT1",
        ];
        Assert.All(expected, text => Assert.Contains(text, sample.Output, StringComparison.Ordinal));
        Assert.StartsWith("<svg", await File.ReadAllTextAsync(svg), StringComparison.Ordinal);
    }
}
