using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Scripting;

public sealed class FlowTests
{
    [HostFact]
    public async Task ZeroWindow_IsProbed_UntilItOpens()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket socket = scripted.Connect();
        ScriptedEndpoint peer = scripted.Peer;

        socket.Send("first"u8);
        peer.ExpectData(sequence: 1, length: 5).SendAck(window: 0);
        socket.Send("second"u8);
        // A probe is a byte that has been acknowledged already, without the byte: it asks for an ACK.
        for (int probe = 0; probe < 2; probe++)
        {
            peer.ExpectAck();
            Assert.Equal(5, peer.Last.Sequence);
            peer.SendAck(window: 0);
        }

        Assert.NotEqual(0, scripted.Host.Counters()["TcpExtTCPWinProbe"]);
        // Another probe may be on its way.
        peer.SendAck(window: 1000).SkipTo("the second piece", segment => segment.Sequence == 6 && segment.Data.Length == 6).SendAck();
    }

    [HostFact]
    public async Task ShortWindow_IsFilled_AndNotExceeded()
    {
        await using Scripted scripted = Scripted.Create().Patient();
        using KernelSocket socket = scripted.Connect(window: 2000);
        ScriptedEndpoint peer = scripted.Peer;

        socket.Send(new byte[5000]);

        peer.ExpectData(sequence: 1, length: 1000).ExpectData(sequence: 1001, length: 1000).SendAck(window: 1000)
            .ExpectData(sequence: 2001, length: 1000).SendAck(window: 64_000)
            .ExpectData(sequence: 3001, length: 1000).ExpectData(sequence: 4001, length: 1000).SendAck();
    }

    [HostFact]
    public async Task ChosenSackBlocks_LetTheSenderRepeatTheHoleAndNothingElse()
    {
        await using Scripted scripted = Scripted.Create().Patient();
        using KernelSocket socket = scripted.Connect(options: SegmentOptions.OfSyn with { SackPermitted = true });
        ScriptedEndpoint peer = scripted.Peer;
        SegmentOptions Sack(params (long From, long To)[] blocks) => new() { SackBlocks = blocks };

        socket.Send(new byte[8000]);
        for (int i = 0; i < 8; i++)
            peer.ExpectData(sequence: 1 + (1000 * i), length: 1000);

        // The third is missing.
        peer.SendAck(acknowledgment: 2001, options: Sack((3001, 4001)))
            .SendAck(acknowledgment: 2001, options: Sack((3001, 5001)))
            .SendAck(acknowledgment: 2001, options: Sack((3001, 6001)))
            .SendAck(acknowledgment: 2001, options: Sack((3001, 8001)));

        peer.ExpectData(sequence: 2001, length: 1000).SendAck(acknowledgment: 8001).ExpectNothing(TimeSpan.FromMilliseconds(300));
        Assert.Equal(1, scripted.Host.Counters()["TcpRetransSegs"]);
    }

    [HostFact]
    public async Task Failure_SaysWhatWasExpected_WhatCame_AndWhatWasBefore()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket socket = scripted.Connect();
        socket.Send("data"u8);

        ScriptException error = Assert.Throws<ScriptException>(() => scripted.Peer.ExpectFin());

        Assert.Equal("a FIN", error.Expected);
        Assert.StartsWith("got [P.] seq 1 ack 1 win ", error.Got, StringComparison.Ordinal);
        Assert.Matches(@"\A +\d+\.\d{3}  ←  \[S\] seq 0 win \d+ len 0 <mss \d+", error.Exchange[0]);
        Assert.Matches(@"\A +\d+\.\d{3}  →  \[S\.\] seq 0 ack 1 win 64000 len 0 <mss 1000>\z", error.Exchange[1]);
        Assert.Equal(4, error.Exchange.Count);
    }

    [HostFact]
    public async Task Silence_IsAFailure_AfterItsTime()
    {
        await using Scripted scripted = Scripted.Create();

        ScriptException error = Assert.Throws<ScriptException>(() => scripted.Peer.ExpectSyn(within: TimeSpan.FromMilliseconds(20)));

        Assert.Equal("nothing came in 0.02 s", error.Got);
        Assert.Empty(error.Exchange);
    }

    [HostFact]
    public async Task LongerThanTheWire_IsAFailureOfTheScript()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket socket = scripted.Connect();

        ScriptException error = Assert.Throws<ScriptException>(() => scripted.Peer.Send(new byte[1461]));

        Assert.StartsWith("to send [P.] seq 1 ack 1 ", error.Expected, StringComparison.Ordinal);
        Assert.Equal("send: EMSGSIZE, it is longer than the wire's MTU", error.Got);
        // What was not sent is not there, and takes no place in the sequence.
        Assert.Equal(3, error.Exchange.Count);
        Assert.Equal(1, scripted.Peer.Next);
    }

    [HostFact("ip=iproute2")]
    public async Task HostThatTakesNothing_IsAFailureOfTheScript_AfterItsTime()
    {
        await using Scripted scripted = Scripted.Create(new ScriptedEndpointOptions { Timeout = TimeSpan.FromMilliseconds(20) });
        using (System.Diagnostics.Process ip = scripted.Host.Start("ip", "link", "set", "eth0", "down"))
            await ip.WaitForExitAsync().InTime();

        ScriptException error = Assert.Throws<ScriptException>(() => scripted.Peer.SendSyn(toPort: 80));

        Assert.Equal("send: ENOBUFS, the host did not take it in 0.02 s; is its interface up?", error.Got);
    }
}
