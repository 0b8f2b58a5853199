using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weir.Inspect.Tracing;
using Weir.Linux;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tests.Tracing;

public sealed class CommandTraceTests
{
    [TraceFact]
    public async Task AShortLivedSender_IsKnown_AfterItHasGone()
    {
        using var trace = CommandTrace.Start();
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;

        using Process sender = InGroup(trace, $"exec bash -c 'echo x > /dev/udp/127.0.0.1/{port}'");
        await sender.WaitForExitAsync().InTime();

        UdpReceiveResult received = await receiver.ReceiveAsync().InTime();
        Assert.True(trace.TryFind(End(IPPROTO_UDP, received.RemoteEndPoint, (IPEndPoint)receiver.Client.LocalEndPoint!), out TracedSocket socket));
        Assert.Equal((trace.KnowsNumbers ? sender.Id : 0, "bash"), (socket.ProcessId, socket.Name));
    }

    [TraceFact]
    public async Task OthersFlows_AreNotTheCommands()
    {
        using var trace = CommandTrace.Start();
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var other = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        await other.SendAsync(new byte[1], 1, (IPEndPoint)receiver.Client.LocalEndPoint!).InTime();
        UdpReceiveResult received = await receiver.ReceiveAsync().InTime();

        Assert.False(trace.TryFind(End(IPPROTO_UDP, received.RemoteEndPoint, (IPEndPoint)receiver.Client.LocalEndPoint!), out _));
        Assert.False(trace.TryFind(End(IPPROTO_UDP, (IPEndPoint)receiver.Client.LocalEndPoint!, received.RemoteEndPoint), out _));
    }

    [TraceFact]
    public async Task AConnectionThatACommandAccepts_BeginsWithItsListener()
    {
        using var trace = CommandTrace.Start();
        using Process server = InGroup(trace, "exec socat -d -d TCP6-LISTEN:0,bind=[::1] SYSTEM:'cat >/dev/null'", isRead: true);
        int port = await PortOf(server);

        using var client = new TcpClient(AddressFamily.InterNetworkV6);
        await client.ConnectAsync(IPAddress.IPv6Loopback, port).InTime();
        var (near, far) = ((IPEndPoint)client.Client.LocalEndPoint!, (IPEndPoint)client.Client.RemoteEndPoint!);

        Assert.True(trace.TryFind(End(IPPROTO_TCP, far, near), out TracedSocket socket));
        Assert.Equal((trace.KnowsNumbers ? server.Id : 0, "socat"), (socket.ProcessId, socket.Name));
        Assert.False(trace.TryFind(End(IPPROTO_TCP, near, far), out _));
        await client.GetStream().WriteAsync(new byte[1]).AsTask().InTime();
        await Eventually.True(() => trace.TryFind(End(IPPROTO_TCP, far, near), out socket) && socket.LastCookie != socket.Cookie);
        client.Close();
        await server.WaitForExitAsync().InTime();
    }

    [TraceFact]
    public async Task TheGroup_IsGoneAfterwards_AndOneThatWasLeftBehindToo()
    {
        string path;
        string left;
        using (var trace = CommandTrace.Start())
        {
            path = Path.GetDirectoryName(trace.Members)!;
            using Process gone = Process.Start("true");
            await gone.WaitForExitAsync().InTime();
            left = Path.Combine(Path.GetDirectoryName(path)!, $"weir-{gone.Id}-1");
            Directory.CreateDirectory(left);
        }

        using (CommandTrace.Start())
            Assert.False(Directory.Exists(left));
        Assert.False(Directory.Exists(path));
    }

    [TraceFact]
    public void AProgramThatTheVerifierRefuses_IsShownWithItsWords()
    {
        var program = new BpfAssembler();
        program.Move(BpfRegister.R0, BpfRegister.R5);
        program.Exit();

        TraceException refused = Assert.Throws<TraceException>(() => BpfProgram.Load(BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS, program.Assemble()));

        Assert.Equal(Errno.EACCES, refused.Errno);
        Assert.Contains("R5 !read_ok", refused.Message, StringComparison.Ordinal);
    }

    private static FlowEnd End(int protocol, IPEndPoint local, IPEndPoint remote) =>
        new((byte)protocol, Value(local), (ushort)local.Port, Value(remote), (ushort)remote.Port);

    private static UInt128 Value(IPEndPoint address) => BinaryPrimitives.ReadUInt128BigEndian(address.Address.MapToIPv6().GetAddressBytes());

    private static Process InGroup(CommandTrace trace, string script, bool isRead = false) => Process.Start(
        new ProcessStartInfo("bash", ["-c", $"echo 0 > '{trace.Members}' && {script}"]) { RedirectStandardError = isRead })!;

    // socat says "listening on AF=10 [...]:port".
    private static async Task<int> PortOf(Process server)
    {
        while (await server.StandardError.ReadLineAsync().InTime() is string line)
        {
            if (line.Contains(" listening on ", StringComparison.Ordinal))
                return int.Parse(line[(line.LastIndexOf(':') + 1)..]);
        }

        throw new IOException("socat has ended");
    }
}
