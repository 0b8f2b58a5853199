using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Weir.Cli.Capturing;
using Weir.Packets.Flows;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Tests.Capturing;

/// <summary>What is remembered about flows, and for how long, on real sockets.</summary>
public sealed class FlowOwnersTests : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    private readonly ShiftedTime _time = new();
    private readonly FlowOwners _owners;
    private long _nowNs = 1;

    public FlowOwnersTests() => _owners = new FlowOwners(_time, new EndFinder(_time, trace: null));

    [Fact]
    public async Task AConnectionThatNobodyAccepted_IsItsListeners_UntilSomebodyDoes()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        FlowKey key = Key(IPPROTO_TCP, client.Client.LocalEndPoint!, client.Client.RemoteEndPoint!);

        FlowOwner waiting = _owners.Of(key, _nowNs, out bool isSettled);
        Assert.Equal(((int)listener.Server.Handle, false), (waiting.Receiver!.Fd, isSettled));

        using Socket accepted = listener.AcceptSocket();
        FlowOwner owner = waiting;
        await Eventually.True(() =>
        {
            _time.Pass(s_pause);
            owner = _owners.Of(key, _nowNs, out isSettled);
            return isSettled && owner.Receiver!.Fd == (int)accepted.Handle;
        });
        Assert.Equal((int)client.Client.Handle, owner.Sender!.Fd);
        Assert.Equal((int)accepted.Handle, _owners.Of(key.Reversed, _nowNs, out _).Sender!.Fd);
    }

    [Fact]
    public void AConnectionThatNobodyEverAccepts_IsSettledAfterAMoment()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        FlowKey key = Key(IPPROTO_TCP, client.Client.LocalEndPoint!, client.Client.RemoteEndPoint!);

        bool isSettled = false;
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal((int)listener.Server.Handle, _owners.Of(key, _nowNs, out isSettled).Receiver!.Fd);
            _time.Pass(s_pause);
        }

        Assert.True(isSettled);
    }

    [RequiresProgramFact("socat", "socat")]
    public async Task AddressesThatAreUsedAgain_AreTheirNewOwners_AfterAPause()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        (Process first, IPEndPoint address) = await SendAsync(server, port: 0);
        FlowKey key = Key(IPPROTO_UDP, address, server.Client.LocalEndPoint!);
        Assert.Equal(first.Id, SenderOf(key));
        int firstId = await EndAsync(first);

        (Process second, _) = await SendAsync(server, address.Port);
        // Without a pause nobody is asked about.
        Assert.Equal(firstId, SenderOf(key));
        await Eventually.True(() =>
        {
            Pause(s_pause);
            return SenderOf(key) == second.Id;
        });
        int secondId = await EndAsync(second);

        // What it sent last is still its own; after a longer pause it is nobody's.
        Pause(s_pause);
        Assert.Equal(secondId, SenderOf(key));
        Pause(TimeSpan.FromSeconds(20));
        Assert.Null(SenderOf(key));
    }

    [Fact]
    public void AConnectionThatOpensAnew_HasNoOwnerOfBefore_ButOneThatIsSeenTwiceHas()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        client.Connect((IPEndPoint)listener.LocalEndpoint);
        FlowKey key = Key(IPPROTO_TCP, client.Client.LocalEndPoint!, client.Client.RemoteEndPoint!);
        _owners.Open(key, _nowNs, sequence: 1);
        Assert.NotNull(_owners.Of(key, _nowNs, out _).Sender);
        // A reset, so that nothing is left of it.
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        listener.Stop();

        _owners.Open(key, _nowNs, sequence: 1);
        Assert.NotNull(_owners.Of(key, _nowNs, out _).Sender);
        _owners.Open(key, _nowNs, sequence: 2);
        Assert.Null(_owners.Of(key, _nowNs, out _).Sender);
        Assert.Null(_owners.Of(key.Reversed, _nowNs, out _).Receiver);
    }

    [Fact]
    public void WhatOnlyPassesThrough_IsSettledAtOnce()
    {
        FlowKey key = Key(IPPROTO_TCP, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1), new IPEndPoint(IPAddress.Parse("198.51.100.1"), 2));

        Assert.False(_owners.Of(key, _nowNs, out bool isSettled).IsKnown);
        Assert.True(isSettled);
    }

    public void Dispose() => _owners.Dispose();

    private static async Task<(Process Sender, IPEndPoint Address)> SendAsync(UdpClient server, int port)
    {
        string from = port == 0 ? "" : $",sourceport={port}";
        Process sender = Process.Start(new ProcessStartInfo("socat", ["-", $"UDP4:127.0.0.1:{((IPEndPoint)server.Client.LocalEndPoint!).Port}{from}"])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
        })!;
        await sender.StandardInput.WriteAsync("x");
        await sender.StandardInput.FlushAsync();
        return (sender, (await server.ReceiveAsync().InTime()).RemoteEndPoint);
    }

    private static async Task<int> EndAsync(Process process)
    {
        using (process)
        {
            process.Kill();
            await process.WaitForExitAsync().InTime();
            return process.Id;
        }
    }

    private int? SenderOf(FlowKey key) => _owners.Of(key, _nowNs, out _).Sender?.ProcessId;

    private void Pause(TimeSpan time)
    {
        _time.Pass(time);
        _nowNs += time.Ticks * TimeSpan.NanosecondsPerTick;
        _owners.Advance();
    }

    private static FlowKey Key(int protocol, EndPoint from, EndPoint to) =>
        new((byte)protocol, Value(from), (ushort)((IPEndPoint)from).Port, Value(to), (ushort)((IPEndPoint)to).Port, IsIPv6: false);

    private static UInt128 Value(EndPoint address) => BinaryPrimitives.ReadUInt128BigEndian(((IPEndPoint)address).Address.MapToIPv6().GetAddressBytes());
}
