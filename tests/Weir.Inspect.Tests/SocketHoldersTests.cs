using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weir.Inspect.Processes;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Inspect.Tests;

public sealed class SocketHoldersTests
{
    // No socket has it: numbers begin at one and none is given twice.
    private const uint NobodysInode = 4_000_000_000;

    [Fact]
    public void WhatNobodyHolds_IsNotLookedForAgainAndAgain()
    {
        // A whole look takes a millisecond or more, so the next one is due after more than half a minute.
        var holders = new SocketHolders(new TimeShare(TimeProvider.System, part: 0.00001, burst: TimeSpan.FromTicks(1)));

        for (int i = 0; i < 1000; i++)
            Assert.Null(holders.Find(NobodysInode - (uint)i));

        Assert.Equal(1, holders.Walks);
    }

    [Fact]
    public void AServersNextConnection_IsFound_WithoutALookAtEverybody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var holders = new SocketOwners();
        Accepted();
        int walks = holders.Walks;
        for (int i = 0; i < 10; i++)
            Accepted();

        Assert.Equal((1, 0), (walks, holders.Walks - walks));

        void Accepted()
        {
            using var client = new TcpClient();
            client.Connect((IPEndPoint)listener.LocalEndpoint);
            using Socket accepted = listener.AcceptSocket();
            SocketHolder? holder = holders.Find(IPPROTO_TCP, Address(accepted.LocalEndPoint!), Address(accepted.RemoteEndPoint!));
            Assert.Equal((Environment.ProcessId, (int)accepted.Handle), (holder!.ProcessId, holder.Fd));
        }
    }

    [Fact]
    public void AddressesThatNoSocketHas_AreNotLookedForInProcesses()
    {
        using var owners = new SocketOwners();
        for (int port = 1; port < 100; port++)
            Assert.Null(owners.Find(IPPROTO_UDP, Address(new IPEndPoint(IPAddress.Parse("127.9.9.9"), port)), Address(new IPEndPoint(IPAddress.Loopback, 9))));

        Assert.Equal(0, owners.Walks);
    }

    [RequiresProgramFact("bash", "bash")]
    public async Task ASocketThatIsHandedOn_IsItsNewHoldersOwn()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var owners = new SocketOwners();
        // The shell has the connection first, and the program that it starts keeps it.
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}; sleep 100 & exec 3<&-; wait"]))!;
        using Socket accepted = await listener.AcceptSocketAsync().InTime();
        KernelAddress near = Address(accepted.RemoteEndPoint!);
        KernelAddress far = Address(accepted.LocalEndPoint!);

        // While it goes from one to the other a look can miss both.
        await Eventually.True(() => owners.Find(IPPROTO_TCP, near, far) is not null);
        await Eventually.True(() => owners.Find(IPPROTO_TCP, near, far) is { } holder && holder.ProcessId != shell.Id);
        shell.Kill(entireProcessTree: true);
        await shell.WaitForExitAsync().InTime();
    }

    private static KernelAddress Address(EndPoint address) => KernelAddress.FromIPEndPoint((IPEndPoint)address);
}
