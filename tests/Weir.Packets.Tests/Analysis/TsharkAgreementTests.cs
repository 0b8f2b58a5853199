using Weir.Packets.Analysis;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Packets.Tests.Analysis;

/// <summary>
/// On the same files tshark and we find the same. Three differences are meant, and <see cref="TsharkAnalysis"/> knows them: a probe of Linux for a
/// closed window is a keep-alive to tshark, tail loss probes are nothing to it, and a reset's number is the stream's.
/// </summary>
public sealed class TsharkAgreementTests(ITestOutputHelper output)
{
    private static readonly int s_streams = FullRun.IsOn ? 5_000 : 300;

    [RequiresProgramFact("tshark", "tshark")]
    public async Task EveryScenario_IsTheSameToTshark()
    {
        int port = 50_000;
        List<SegmentAnalysis> judged = await Compare(Scenarios.Names.SelectMany(name => Scenarios.Named(name, ++port).Frames));

        SegmentFindings seen = judged.Aggregate(SegmentFindings.None, (all, each) => all | each.Findings);
        Assert.Equal(TsharkAnalysis.Shared, seen & TsharkAnalysis.Shared);
    }

    [RequiresProgramFact("tshark", "tshark")]
    public async Task ArbitrarySegments_AreTheSameToTshark()
    {
        Random random = TestSeed.NewRandom(output);

        await Compare(Enumerable.Range(0, s_streams).SelectMany(index => ArbitraryConversation.Make(random, 10_000 + index, canClose: false).Frames));
    }

    [RequiresProgramFact("tshark", "tshark")]
    public async Task ArbitrarySegments_WithClosedWindows_AreTheSameToTshark_UpToProbesWithAByte()
    {
        Random random = TestSeed.NewRandom(output);

        await Compare(
            Enumerable.Range(0, s_streams).SelectMany(index => ArbitraryConversation.Make(random, 10_000 + index, canClose: true).Frames),
            toleratedAfterProbes: 0.005);
    }

    private static async Task<List<SegmentAnalysis>> Compare(IEnumerable<CapturedFrame> frames, double toleratedAfterProbes = 0)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("segments.pcapng");
        Conversation.Write(path, frames);
        return await TsharkAnalysis.Compare(path, toleratedAfterProbes);
    }
}
