using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>What can be listened on, and what a connection says about where it is.</summary>
public sealed class EndpointTests
{
    [Theory]
    [TransportData]
    public async Task AnIPEndpoint_HasAddressesOfBothEnds(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, TellAddressesAsync);
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal($"{client.Socket.RemoteEndPoint} {client.Socket.LocalEndPoint}", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AnyIP_IsBothFamilies(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(
            transport, TellAddressesAsync, (options, set) => options.ListenAnyIP(port: 0, listener => set(listener)));
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, rig.Web.Port);
            using var client = new RawClient(socket);
            Assert.Contains(address.ToString(), await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [TransportData]
    public async Task AUnixPath_IsRemovedAtTheEnd(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("s");
        await using (HandlerRig rig = await HandlerRig.StartAsync(
            transport, TellAddressesAsync, (options, set) => options.ListenUnixSocket(path, listener => set(listener))))
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            using var client = new RawClient(socket);
            Assert.StartsWith(path, await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(path));
    }

    [Theory]
    [TransportData]
    public async Task AnInheritedHandle_IsListenedOn_AndStaysItsOwners(TransportCase transport)
    {
        using var inherited = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        inherited.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        inherited.Listen(8);
        await using (HandlerRig rig = await HandlerRig.StartAsync(
            transport, TellAddressesAsync, (options, set) => options.ListenHandle((ulong)inherited.Handle, listener => set(listener))))
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(inherited.LocalEndPoint!);
            using var client = new RawClient(socket);
            Assert.StartsWith(inherited.LocalEndPoint!.ToString()!, await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Assert.True(inherited.IsBound);
        Assert.Equal(1, (int)inherited.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.AcceptConnection)!);
    }

    [Theory]
    [TransportData]
    public async Task AnAddressInUse_IsSaidSo(TransportCase transport)
    {
        await using HandlerRig first = await HandlerRig.StartAsync(transport, TellAddressesAsync);
        IOException refused = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await using HandlerRig second = await HandlerRig.StartAsync(
                transport, TellAddressesAsync, (options, set) => options.Listen(IPAddress.Loopback, first.Web.Port, listener => set(listener)));
        });
        Assert.IsType<AddressInUseException>(refused.InnerException);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AUrl_IsListenedOn_WithItsOptions(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(
            transport, TellAddressesAsync, (options, set) => options.Listen(new UrlEndPoint("tcp4://127.0.0.1:0?rcvbuf=64k"), listener => set(listener)));
        using RawClient client = await rig.ConnectAsync();

        Assert.EndsWith($" {client.Socket.LocalEndPoint}", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static async Task TellAddressesAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{connection.LocalEndPoint} {connection.RemoteEndPoint}"));
        await connection.Transport.Output.CompleteAsync();
    }
}
