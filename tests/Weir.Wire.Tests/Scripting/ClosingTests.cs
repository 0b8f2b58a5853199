using System.Diagnostics;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Scripting;

public sealed class ClosingTests
{
    [HostFact("ss=iproute2")]
    public async Task FinReplayedIntoTimeWait_IsAcknowledgedAgain()
    {
        await using Scripted scripted = Scripted.Create();
        ScriptedEndpoint peer = scripted.Peer;
        KernelSocket socket = scripted.Connect();

        socket.Dispose();
        peer.ExpectFin().SendAck().SendFin().ExpectAck(acknowledgment: 2);
        Assert.Contains("10.0.0.2:80", await Sockets(scripted.Host, "time-wait"), StringComparison.Ordinal);

        peer.SendFin(sequence: 1).ExpectAck(acknowledgment: 2);

        Assert.Contains("10.0.0.2:80", await Sockets(scripted.Host, "time-wait"), StringComparison.Ordinal);
    }

    [HostFact("ss=iproute2")]
    public async Task SimultaneousClose_GoesThroughClosing()
    {
        await using Scripted scripted = Scripted.Create();
        ScriptedEndpoint peer = scripted.Peer;
        using KernelSocket socket = scripted.Connect();

        socket.Shutdown(Uapi.SHUT_WR);
        // The peer's FIN was on its way before it saw ours.
        peer.ExpectFin().SendFin(acknowledgment: 1).ExpectAck(acknowledgment: 2);
        await Scripted.InState(socket, TcpState.Closing);
        Assert.Contains("10.0.0.2:80", await Sockets(scripted.Host, "closing"), StringComparison.Ordinal);

        peer.SendAck(acknowledgment: 2);
        await Eventually.True(() => Sockets(scripted.Host, "time-wait").GetAwaiter().GetResult().Contains("10.0.0.2:80", StringComparison.Ordinal));
    }

    [HostFact]
    public async Task Reset_EndsTheConnection()
    {
        await using Scripted scripted = Scripted.Create();
        using KernelSocket socket = scripted.Connect();

        scripted.Peer.SendReset();

        await Eventually.True(() => socket.TakeError() is Errno.ECONNRESET);
    }

    private static async Task<string> Sockets(Host host, string state)
    {
        using Process ss = host.Start("ss", "-tn", "state", state);
        string output = await ss.StandardOutput.ReadToEndAsync().InTime();
        await ss.WaitForExitAsync().InTime();
        return output;
    }
}
