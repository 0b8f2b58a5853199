using Weir.Linux;
using Weir.Packets.Analysis;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Tests.Recording;

public sealed class RecorderTests
{
    [HostFact]
    public async Task Calls_HaveNameArgumentsResultErrnoAndTheTimeTheyBlocked_KeyedByTheirHost()
    {
        await using Pair pair = Pair.Create();
        pair.Wire.SetConditions(new WireConditions { Delay = TimeSpan.FromMilliseconds(20) });
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        using KernelSocket listener = pair.Server.Listen(Pair.Port, blocking: true);
        using KernelSocket client = pair.Client.Socket(AF_INET, SOCK_STREAM, blocking: true);
        KernelAddress server = KernelAddress.FromIPAddress(pair.Server.Address, Pair.Port);
        Assert.True(client.Connect(server).IsOk);
        using KernelSocket accepted = listener.TryAccept(out _, blocking: true)!;
        Assert.Equal(5, client.Send("hello"u8).Value);
        Assert.Equal(5, accepted.Receive(new byte[100]).Value);
        Assert.Equal(Errno.EISCONN, client.Connect(server).Errno);

        Timeline timeline = recorder.Stop();

        CallEvent[] calls = [.. timeline.Events.OfType<CallEvent>()];
        CallEvent Of(string name, string host) => calls.First(call => call.Name == name && timeline.Participants[call.Participant] == host);
        CallEvent connect = Of("connect", "client");
        Assert.Equal($"fd {client.Fd.Number}, 10.0.0.2:80", connect.Arguments);
        Assert.Equal((0L, Errno.None), (connect.Result, connect.Errno));
        Assert.True(connect.EndNs - connect.TimeNs >= 40_000_000, "a round trip of 40 ms");
        Assert.Contains(calls, call => call is { Name: "connect", Errno: Errno.EISCONN, Result: null, EndNs: not null });
        Assert.Equal("AF_INET, SOCK_STREAM", Of("socket", "server").Arguments);
        Assert.Equal($"fd {listener.Fd.Number}, 16", Of("listen", "server").Arguments);
        Assert.StartsWith($"fd {listener.Fd.Number}", Of("accept", "server").Arguments, StringComparison.Ordinal);
        Assert.Equal($"fd {client.Fd.Number}, \"hello\"", Of("send", "client").Arguments.Replace(", MSG_NOSIGNAL", "", StringComparison.Ordinal));
        CallEvent receive = Of("recv", "server");
        Assert.Equal((5L, $"fd {accepted.Fd.Number}, 100"), (receive.Result, receive.Arguments));
        Assert.True(receive.EndNs > receive.TimeNs);
        Assert.DoesNotContain(calls, call => call.Name == "recv" && timeline.Participants[call.Participant] == "client");
    }

    [HostFact]
    public async Task ACallThatHasNotReturned_IsShownAsSuch()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        using KernelSocket listener = pair.Server.Listen(Pair.Port, blocking: true);
        Task<KernelSocket?> accepting = Task.Factory.StartNew(() => listener.TryAccept(out _, blocking: true), TaskCreationOptions.LongRunning);
        await Eventually.True(() => NetworkRecorder.IsInCall(pair.Server, "accept"));

        Timeline timeline = recorder.Stop();

        CallEvent accept = Assert.Single(timeline.Events.OfType<CallEvent>(), call => call.Name == "accept");
        Assert.Null(accept.EndNs);
        using KernelSocket client = pair.Client.BeginConnect(pair.Server.Address, Pair.Port);
        (await accepting.InTime())?.Dispose();
    }

    [HostFact]
    public async Task HostsOfTheSameName_InAnotherNetwork_AreNotRecorded()
    {
        await using Pair pair = Pair.Create();
        await using Pair other = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        using NetworkRecorder theirs = NetworkRecorder.Start(other.Network);

        (KernelSocket client, KernelSocket server) = await other.ConnectAsync();
        client.Dispose();
        server.Dispose();

        Assert.Empty(recorder.Stop().Events);
        Assert.Contains(theirs.Stop().Events, happening => happening is CallEvent { Name: "connect" });
    }

    [HostFact]
    public async Task HeldFrame_IsShownAsHeld_AndThenAsReleased_WithTheTimeBetween()
    {
        await using Pair pair = Pair.Create();
        using WireHold hold = pair.Wire.AToB.Hold(_ => true);
        using NetworkRecorder meanwhile = NetworkRecorder.Start(pair.Network);
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);
        // Nobody sends a datagram again, however long it is held.
        (KernelSocket client, KernelSocket server) = pair.Datagrams();
        using (client)
        using (server)
        {
            client.Send("x"u8);
            await hold.WaitForAsync(1, Deadline.Generous);
            long from = TimeProvider.System.GetTimestamp();
            Timeline before = meanwhile.Stop();
            SegmentEvent held = Assert.Single(before.Events.OfType<SegmentEvent>());
            await Eventually.True(() => TimeProvider.System.GetElapsedTime(from) >= TimeSpan.FromMilliseconds(30));
            hold.Release();
            await Eventually.True(() => pair.Wire.AToB.Counters.Left == 1);
            Timeline after = recorder.Stop();
            SegmentEvent released = Assert.Single(after.Events.OfType<SegmentEvent>());

            Assert.Equal((SegmentFate.Held, null, ""), (held.Fate, held.ReceivedNs, held.Remark));
            Assert.Matches("UDP 7 → 7 len=1 +held", Label(before));
            Assert.DoesNotContain("held, held", Label(before), StringComparison.Ordinal);
            Assert.Equal(SegmentFate.Held, released.Fate);
            Assert.True(released.ReceivedNs - released.TimeNs >= 30_000_000);
            Assert.Matches(@"^held for [\d.]+ m?s$", released.Remark);
            Assert.Contains(released.Remark, Label(after), StringComparison.Ordinal);
            Assert.DoesNotMatch("held for.*, held", Label(after));
        }
    }

    [HostFact]
    public async Task RefusedFrame_IsLost_AndSaysWhy()
    {
        await using Pair pair = Pair.Create();
        using NetworkRecorder recorder = NetworkRecorder.Start(pair.Network);

        pair.Wire.AToB.Inject(new byte[3000]);
        await Eventually.True(() => pair.Wire.AToB.Counters[WireFate.Refused] == 1);

        SegmentEvent refused = Assert.Single(recorder.Stop().Events.OfType<SegmentEvent>());
        Assert.Equal((SegmentFate.Lost, null, "refused: EMSGSIZE"), (refused.Fate, refused.ReceivedNs, refused.Remark));
    }

    [HostFact]
    public async Task ScriptedEndpoint_IsAParticipant_WhoseFramesAreSeen()
    {
        await using var network = HostNetwork.Create();
        Host host = network.AddHost("host");
        ScriptedEndpoint peer = network.AddScriptedEndpoint(host, "10.0.0.1/24", "10.0.0.2/24", new ScriptedEndpointOptions { Name = "script" });
        using NetworkRecorder recorder = NetworkRecorder.Start(network);
        using KernelSocket socket = host.BeginConnect(peer.Address, peer.Port);
        peer.ExpectSyn().SendSynAck().ExpectAck().Send("hello"u8).ExpectAck();

        Timeline timeline = recorder.Stop();

        Assert.Equal(["host", "script"], timeline.Participants);
        SegmentEvent[] segments = [.. timeline.Events.OfType<SegmentEvent>()];
        Assert.Equal(
            ["host: SYN seq=0", "script: SYN ACK seq=0", "host: ACK ack=1", "script: seq=1 len=5", "host: ACK ack=6"],
            segments.Select((segment, index) => $"{timeline.Participants[segment.From]}: {segment.Summary}"[..(index switch { 0 => 15, 1 => 21, 2 => 15, 3 => 19, _ => 15 })]));
        Assert.All(segments, segment => Assert.NotNull(segment.ReceivedNs));
        Assert.Contains(timeline.Events, happening => happening is StateEvent { To: "ESTABLISHED" });
        Assert.Equal(SegmentFindings.None, segments.Aggregate(SegmentFindings.None, (all, segment) => all | segment.Findings) & SegmentFindings.Retransmission);
    }

    [HostFact]
    public async Task ThroughARouter_EachWireIsJudgedByItself()
    {
        await using var network = HostNetwork.Create();
        Host left = network.AddHost("left");
        Host router = network.AddHost("router");
        Host right = network.AddHost("right");
        NetworkWire near = network.Connect(left, "10.0.1.1/24", router, "10.0.1.254/24");
        NetworkWire far = network.Connect(router, "10.0.2.254/24", right, "10.0.2.1/24");
        router.EnableForwarding();
        left.AddDefaultRoute("10.0.1.254");
        right.AddDefaultRoute("10.0.2.254");
        using NetworkRecorder recorder = NetworkRecorder.Start(network);
        using KernelSocket listener = right.Listen(80);
        using KernelSocket client = left.BeginConnect(right.Address, 80);
        KernelSocket? accepted = null;
        await Eventually.True(() => (accepted = listener.TryAccept(out _)) is not null);
        using KernelSocket kept = accepted!;
        await Eventually.True(() => near.AToB.Counters.Left == 2 && far.AToB.Counters.Left == 2);

        Timeline timeline = recorder.Stop();

        SegmentEvent[] segments = [.. timeline.Events.OfType<SegmentEvent>()];
        string Way(SegmentEvent segment) => $"{timeline.Participants[segment.From]}→{timeline.Participants[segment.To]}";
        Assert.Equal(["left→router", "router→right", "right→router", "router→left", "left→router", "router→right"], segments.Select(Way));
        Assert.All(segments, segment => Assert.Equal(SegmentFindings.None, segment.Findings & SegmentFindings.Retransmission));
    }

    // The rows of a drawing that show a datagram.
    private static string Label(Timeline timeline) =>
        string.Join('\n', LadderText.Draw(timeline, new LadderTextOptions { WidthColumns = 160 }).Split('\n').Where(row => row.Contains("UDP", StringComparison.Ordinal)));
}
