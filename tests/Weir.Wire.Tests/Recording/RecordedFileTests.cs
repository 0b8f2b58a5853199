using System.Net;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Recording;

/// <summary>A recording's pcapng files, as tshark reads them.</summary>
public sealed class RecordedFileTests
{
    private const int Datagrams = 60;

    [HostFact("tshark")]
    public async Task BothEnds_HaveWhatWasSentThere_AndWhatArrivedThere()
    {
        await using Pair pair = Pair.Create(new WireOptions { Seed = 5 });
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        pair.Wire.SetConditions(new WireConditions { LossProbability = 0.3, DuplicationProbability = 0.3, CorruptionProbability = 0.1 });
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            for (int i = 0; i < Datagrams; i++)
                client.Send(new byte[20]);
            server.Send(new byte[20]);
            await Settled(pair.Wire.AToB, Datagrams);
            await Settled(pair.Wire.BToA, 1);
        }

        (WireCounters there, WireCounters back) = (pair.Wire.AToB.Counters, pair.Wire.BToA.Counters);
        recorder.Stop();

        Assert.NotEqual(0, there[WireFate.Lost]);
        Assert.NotEqual(0, there[WireFate.Duplicated]);
        using var folder = new TemporaryFolder();
        recorder.WritePcapng(folder.File("both"));
        recorder.WritePcapng(folder.File("client"), pair.Client);
        recorder.WritePcapng(folder.File("server"), pair.Server);
        Assert.Equal(there.Arrived + back.Arrived, (await Frames(folder.File("both"))).Length);
        Assert.Equal(there.Arrived + back.Left, (await Frames(folder.File("client"))).Length);
        Assert.Equal(back.Arrived + there.Left, (await Frames(folder.File("server"))).Length);
        Assert.Equal(there[WireFate.Lost], (await Frames(folder.File("client"), "frame.comment contains \"Lost\"")).Count(line => line.StartsWith("10.0.0.1", StringComparison.Ordinal)));
    }

    [HostFact("tshark")]
    public async Task SeveralWires_AndAScript_AreInOneFile()
    {
        await using var network = HostNetwork.Create();
        Host left = network.AddHost("left");
        Host right = network.AddHost("right");
        NetworkWire[] wires = [network.Connect(left, "10.0.1.1/24", right, "10.0.1.2/24"), network.Connect(left, "10.0.2.1/24", right, "10.0.2.2/24")];
        ScriptedEndpoint peer = network.AddScriptedEndpoint(left, "10.0.3.1/24", "10.0.3.2/24");
        using NetworkRecorder recorder = NetworkRecorder.Start(network);
        using KernelSocket listener = right.Listen(80);
        using KernelSocket first = left.BeginConnect(IPAddress.Parse("10.0.1.2"), 80);
        using KernelSocket second = left.BeginConnect(IPAddress.Parse("10.0.2.2"), 80);
        using KernelSocket scripted = left.BeginConnect(peer.Address, peer.Port);
        peer.ExpectSyn().SendReset();
        // A handshake on each.
        await Eventually.True(() => wires.All(wire => wire.AToB.Counters.Left == 2 && wire.BToA.Counters.Left == 1));

        recorder.Stop();

        using var folder = new TemporaryFolder();
        recorder.WritePcapng(folder.File("all"));
        recorder.WritePcapng(folder.File("right"), right);
        Assert.Equal(3 + 3 + 2, (await Frames(folder.File("all"))).Length);
        Assert.Equal(3 + 3, (await Frames(folder.File("right"))).Length);
        Assert.Equal(2, (await Frames(folder.File("all"), "ip.addr == 10.0.3.2")).Length);
        Assert.Equal(3, (await Frames(folder.File("all"), "tcp.flags.syn == 1 && tcp.flags.ack == 0")).Length);
    }

    [HostFact]
    public async Task WrittenTwice_ItIsTheSameFile()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        client.Dispose();
        server.Dispose();
        recorder.Stop();

        using var folder = new TemporaryFolder();
        recorder.WritePcapng(folder.File("one"));
        recorder.WritePcapng(folder.File("other"));

        Assert.Equal(await File.ReadAllBytesAsync(folder.File("one")), await File.ReadAllBytesAsync(folder.File("other")));
    }

    // All have come, and what became of each is known.
    private static Task Settled(WireDirection direction, int sent)
    {
        WireCounters counters = direction.Counters;
        return Eventually.True(() => counters.Left - counters[WireFate.Duplicated] + counters[WireFate.Lost] == sent);
    }

    private static async Task<string[]> Frames(string path, string filter = "frame")
    {
        Finished tshark = (await new Run("tshark", "-r", path, "-Y", filter, "-T", "fields", "-e", "ip.src").ToEnd()).Succeeded();
        Assert.DoesNotContain("appears to be damaged", tshark.Errors, StringComparison.Ordinal);
        return tshark.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
