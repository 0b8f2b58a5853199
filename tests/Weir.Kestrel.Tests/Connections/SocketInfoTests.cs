using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>What an application can ask the kernel about its connection.</summary>
public sealed class SocketInfoTests
{
    [Theory]
    [TransportData(OursOnly = true)]
    public async Task OnTcp_ItTellsPathQueuesAndCounts(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        ISocketInfoFeature info = pair.Connection.Features.GetRequiredFeature<ISocketInfoFeature>();

        await pair.Client.SendAsync("12345");
        await Eventually.True(() => info.ReceivedBytes == 5);
        await pair.Connection.Transport.Output.WriteAsync("123"u8.ToArray());
        await Eventually.True(() => info.SentBytes == 3);

        Assert.Equal(TcpState.Established, info.TcpInfo?.State);
        Assert.InRange(info.TcpInfo!.Value.SendMssBytes, 500u, 65_536u);
        Assert.Equal(5, info.Queues.UnreadBytes);
        Assert.Equal(0, info.Queues.UnsentBytes);
        Assert.Null(info.PeerCredentials);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task OnAUnixSocket_ItTellsWhoIsThere(TransportCase transport)
    {
        using var folder = new TemporaryFolder();
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport, new UnixDomainSocketEndPoint(folder.File("s")));
        ISocketInfoFeature info = pair.Connection.Features.GetRequiredFeature<ISocketInfoFeature>();

        Assert.Equal(Environment.ProcessId, info.PeerCredentials?.ProcessId);
        Assert.Null(info.TcpInfo);
        await pair.Client.SendAsync("12345");
        await Eventually.True(() => info.Queues.UnreadBytes == 5);
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task WhatNobodyReads_IsSeenInTheQueues(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        ISocketInfoFeature info = pair.Connection.Features.GetRequiredFeature<ISocketInfoFeature>();
        byte[] piece = new byte[1024 * 1024];

        ValueTask<System.IO.Pipelines.FlushResult> flush;
        do
            flush = pair.Connection.Transport.Output.WriteAsync(piece);
        while (flush.IsCompletedSuccessfully);

        Assert.InRange(info.Queues.UnsentBytes, 1, piece.Length);
        Assert.InRange(info.Queues.Kernel.SendBytes, 1, int.MaxValue);
        pair.Connection.Abort();
        await flush;
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AfterTheEnd_ThereIsNothingToTell(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        ISocketInfoFeature info = pair.Connection.Features.GetRequiredFeature<ISocketInfoFeature>();
        await pair.Client.SendAsync("12345");
        await Eventually.True(() => info.ReceivedBytes == 5);

        pair.Connection.Abort();
        await pair.Connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        Assert.Null(info.TcpInfo);
        Assert.Null(info.PeerCredentials);
        Assert.Equal(default, info.Queues);
        Assert.Equal(5, info.ReceivedBytes);
        Assert.IsType<IPEndPoint>(pair.Connection.RemoteEndPoint);
    }
}
