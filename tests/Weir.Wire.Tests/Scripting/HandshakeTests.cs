using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Scripting;

public sealed class HandshakeTests
{
    private const int HostPort = 4000;

    [HostFact]
    public async Task Handshake_AndAByteEachWay_AndTheEnd()
    {
        await using Scripted scripted = Scripted.Create();
        ScriptedEndpoint peer = scripted.Peer;
        using KernelSocket socket = scripted.Connect();

        socket.Send("ask"u8);
        peer.ExpectData(sequence: 1, length: 3).SendAck();
        Assert.Equal("ask"u8.ToArray(), peer.Last.Data.ToArray());
        peer.Send("answer"u8).ExpectAck(acknowledgment: 7);
        Assert.Equal(["answer"], Pair.Receive(socket));
        socket.Shutdown(Uapi.SHUT_WR);
        peer.ExpectFin().SendFin().ExpectAck(acknowledgment: 8);
    }

    [HostFact]
    public async Task IPv6_AndWithNeighborsToFind()
    {
        await using Scripted scripted = Scripted.Create(new ScriptedEndpointOptions { Wire = new WireOptions { ResolvesNeighbors = true } }, ipv6: true);
        await using Scripted older = Scripted.Create(new ScriptedEndpointOptions { Wire = new WireOptions { ResolvesNeighbors = true } });

        scripted.Connect().Dispose();
        older.Connect().Dispose();
    }

    [HostFact]
    public async Task StepThreeWithheld_LeavesTheServerHalfOpen_AndRepeatingStepTwo()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket listener = scripted.Host.Listen(HostPort);
        ScriptedEndpoint peer = scripted.Peer;

        peer.SendSyn(toPort: HostPort).ExpectSynAck();
        Assert.Null(listener.TryAccept(out Errno error));
        Assert.Equal(Errno.EAGAIN, error);
        // After a second, which is the first time-out of a handshake.
        peer.ExpectSynAck();
        Assert.Null(listener.TryAccept(out _));

        peer.SendAck();
        await Eventually.True(() => listener.TryAccept(out _) is not null);
    }

    [HostFact]
    public async Task OldDuplicateSyn_IsAnswered_AndResetByThePeer_AndTheNewOneIsTaken()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket listener = scripted.Host.Listen(HostPort);
        ScriptedEndpoint peer = scripted.Peer;

        // RFC 9293, figure 8: the answer to the old one acknowledges what the peer has never sent.
        peer.SendSyn(toPort: HostPort).ExpectSynAck();
        Assert.Equal(1, peer.Last.Acknowledgment);
        peer.SendReset(sequence: 1);
        Assert.Null(listener.TryAccept(out _));

        peer.Restart(peer.Port, initialSequence: 9_000_000).SendSyn(toPort: HostPort).ExpectSynAck().SendAck();
        await Eventually.True(() => listener.TryAccept(out _) is not null);
    }

    [HostFact]
    public async Task OldDuplicateSyn_OnAConnection_GetsAChallenge_AndHarmsNothing()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket socket = scripted.Connect();
        ScriptedEndpoint peer = scripted.Peer;

        // RFC 5961, section 4.
        peer.SendSyn(sequence: -5000).ExpectAck(acknowledgment: 1);

        Assert.Equal(TcpState.Established, socket.Info!.Value.State);
        Assert.Equal(1, scripted.Host.Counters()["TcpExtTCPChallengeACK"]);
        peer.Send("still"u8).ExpectAck(acknowledgment: 6);
    }

    [HostFact]
    public async Task SimultaneousOpen_IsOneConnection()
    {
        await using Scripted scripted = Scripted.Create();
        ScriptedEndpoint peer = scripted.Peer;
        using KernelSocket socket = scripted.Host.BeginConnect(peer.Address, peer.Port);

        // Each has sent a SYN before it sees the other's.
        peer.ExpectSyn().SendSyn().ExpectSynAck();
        Assert.Equal(TcpState.SynReceived, socket.Info!.Value.State);
        peer.SendSynAck();

        await Scripted.InState(socket, TcpState.Established);
        peer.SkipTo("an ACK of the SYN", segment => segment.Acknowledgment == 1).Send("open"u8).ExpectAck(acknowledgment: 5);
        Assert.Equal(["open"], Pair.Receive(socket));
    }
}
