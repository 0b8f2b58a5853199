using Xunit;

namespace Weir.Bench.Tests;

public class EchoOptionsTests
{
    private static readonly EchoOptions s_options =
        new([50], SizeBytes: 64, Runs: 7, WarmupSeconds: 4, Seconds: 2, UrlKind.Tcp, Quick: false);

    [Theory]
    [InlineData(16384, 1)]
    [InlineData(1024, 16)]
    public void WhatIsInFlight_FitsIntoTheBuffers(int sizeBytes, int pipeline) =>
        (s_options with { SizeBytes = sizeBytes, Pipeline = pipeline }).Validate();

    [Theory]
    [InlineData(16385, 1, false)]
    [InlineData(1025, 16, false)]
    [InlineData(2, int.MaxValue, false)]
    [InlineData(0, 1, false)]
    [InlineData(64, 0, false)]
    [InlineData(64, 2, true)]
    public void Refused_WithUsage(int sizeBytes, int pipeline, bool connect)
    {
        BenchException error = Assert.Throws<BenchException>(
            () => (s_options with { SizeBytes = sizeBytes, Pipeline = pipeline, Connect = connect }).Validate());

        Assert.Equal(BenchException.Environment, error.ExitCode);
    }

    [Fact]
    public void Engine_LeavesOutWeirsPeersOnOthers()
    {
        string[] names = [.. PeerTable.Select(names: null, "uring").Select(peer => peer.Name)];

        Assert.Contains(PeerTable.WeirUring, names);
        Assert.Contains(PeerTable.CEpoll, names);
        Assert.DoesNotContain(PeerTable.WeirInline, names);
        Assert.DoesNotContain(PeerTable.WeirThreadPool, names);
    }

    [Fact]
    public void Engine_IsInTheCommandOfEveryWeirPeer() =>
        Assert.All(
            PeerTable.All.Where(peer => peer.Name.StartsWith("weir", StringComparison.Ordinal)),
            peer => Assert.Contains($"--engine {peer.WeirEngine}", string.Join(' ', peer.CommandFor("tcp://127.0.0.1:1")), StringComparison.Ordinal));

    [Theory]
    [InlineData(null, "poll")]
    [InlineData("weir-inline", "uring")]
    public void Engine_ThatIsUnknownOrLeavesNobody_IsRefused(string? names, string engines) =>
        Assert.Throws<BenchException>(() => PeerTable.Select(names, engines));
}
