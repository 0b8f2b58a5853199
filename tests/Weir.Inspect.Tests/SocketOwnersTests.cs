using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.Inspect.Processes;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tests;

public sealed class SocketOwnersTests : IDisposable
{
    private readonly SocketOwners _owners = new();

    [Fact]
    public void BothEndsOfAConnection_AreFound()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        using Socket accepted = listener.AcceptSocket();

        SocketHolder? near = Find(IPPROTO_TCP, client.Client.LocalEndPoint!, client.Client.RemoteEndPoint!);
        SocketHolder? far = Find(IPPROTO_TCP, accepted.LocalEndPoint!, accepted.RemoteEndPoint!);

        Assert.Equal((Environment.ProcessId, (int)client.Client.Handle), (near!.ProcessId, near.Fd));
        Assert.Equal((Environment.ProcessId, (int)accepted.Handle), (far!.ProcessId, far.Fd));
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), near.Name);
    }

    [Fact]
    public void AConnectionThatNobodyAccepted_IsItsListeners()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);

        SocketHolder? waiting = Find(IPPROTO_TCP, client.Client.RemoteEndPoint!, client.Client.LocalEndPoint!);

        Assert.Equal((int)listener.Server.Handle, waiting!.Fd);
    }

    [Fact]
    public void AnIPv4ConnectionOfADualStackSocket_IsFoundByItsIPv4Addresses()
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port);
        using Socket accepted = listener.Accept();

        SocketHolder? far = Find(IPPROTO_TCP, client.Client.RemoteEndPoint!, client.Client.LocalEndPoint!);

        Assert.Equal((int)accepted.Handle, far!.Fd);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void AnUnconnectedUdpSocket_IsFoundByWhatComesForIt(string address)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(address), 0));

        SocketHolder? receiver = Find(IPPROTO_UDP, socket.Client.LocalEndPoint!, new IPEndPoint(IPAddress.Parse(address), 9));

        Assert.Equal((Environment.ProcessId, (int)socket.Client.Handle), (receiver!.ProcessId, receiver.Fd));
    }

    // The kernel would find it for any address.
    [Fact]
    public void AListenerOnEveryAddress_DoesNotOwnOtherMachines()
    {
        using var listener = new TcpListener(IPAddress.Any, port: 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var client = new IPEndPoint(IPAddress.Parse("192.0.2.2"), 40000);

        Assert.Null(Find(IPPROTO_TCP, new IPEndPoint(IPAddress.Parse("192.0.2.1"), port), client));
        Assert.NotNull(Find(IPPROTO_TCP, new IPEndPoint(IPAddress.Loopback, port), client));
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AnotherProgramsSocket_IsThatProgramsOwn()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using Process socat = Process.Start(new ProcessStartInfo("socat", ["-u", $"TCP4:127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "/dev/null"]))!;
        using Socket accepted = await listener.AcceptSocketAsync().InTime();

        SocketHolder? holder = Find(IPPROTO_TCP, accepted.RemoteEndPoint!, accepted.LocalEndPoint!);

        Assert.Equal((socat.Id, "socat"), (holder!.ProcessId, holder.Name));
        accepted.Dispose();
        await socat.WaitForExitAsync().InTime();
    }

    [Fact]
    public void NobodysAddress_IsNobodys()
    {
        using var gone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint address = gone.Client.LocalEndPoint!;
        gone.Dispose();

        Assert.Null(Find(IPPROTO_UDP, address, address));
        Assert.Null(Find(IPPROTO_TCP, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 80), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 80)));
    }

    public void Dispose() => _owners.Dispose();

    private SocketHolder? Find(int protocol, EndPoint local, EndPoint remote) =>
        _owners.Find(protocol, KernelAddress.FromIPEndPoint((IPEndPoint)local), KernelAddress.FromIPEndPoint((IPEndPoint)remote));
}
