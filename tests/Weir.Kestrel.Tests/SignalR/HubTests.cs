using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.SignalR;

/// <summary>SignalR with its own client.</summary>
public sealed class HubTests
{
    [Theory]
    [HubData]
    public async Task AHub_Answers_AndStreamsBothWays(TransportCase transport, HttpTransportType wire)
    {
        await using HubRig rig = await HubRig.StartAsync(transport);
        HubConnection client = await rig.ConnectAsync(wire);
        string text = RandomNumberGenerator.GetHexString(200_000);

        Assert.Equal("short", await client.InvokeAsync<string>("Repeat", "short").InTime());
        Assert.Equal(text, await client.InvokeAsync<string>("Repeat", text).InTime());
        Assert.Equal(4950, await client.InvokeAsync<int>("Sum", Numbers(100)).InTime());
        List<int> counted = [];
        await foreach (int number in client.StreamAsync<int>("Count", 100))
            counted.Add(number);

        Assert.Equal(Enumerable.Range(0, 100), counted);
    }

    [Theory]
    [HubData]
    public async Task WhatOneSays_ReachesEveryClient(TransportCase transport, HttpTransportType wire)
    {
        const int Clients = 10;
        using var heard = new CountdownEvent(Clients * Clients);
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HubRig rig = await HubRig.StartAsync(transport);
        HubConnection[] clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => rig.ConnectAsync(wire, client =>
            client.On<string>("said", _ =>
            {
                if (heard.Signal())
                    all.SetResult();
            }))));

        await Task.WhenAll(clients.Select((client, index) => client.InvokeAsync("Say", $"from {index}"))).InTime();

        await all.Task.InTime();
    }

    [Theory]
    [HubData(StreamsOnly = true)]
    public async Task AClient_WhoseConnectionBreaks_ComesBack(TransportCase transport, HttpTransportType wire)
    {
        TaskCompletionSource<string?> back = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HubRig rig = await HubRig.StartAsync(transport);
        HubConnection client = await rig.ConnectAsync(
            wire,
            client => client.Reconnected += id =>
            {
                back.TrySetResult(id);
                return Task.CompletedTask;
            },
            reconnects: true);
        string? before = client.ConnectionId;

        rig.Break();

        Assert.NotEqual(before, await back.Task.InTime());
        Assert.Equal("again", await client.InvokeAsync<string>("Repeat", "again").InTime());
    }

    [Theory]
    [HubData]
    public async Task AStop_TellsTheClients(TransportCase transport, HttpTransportType wire)
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HubRig rig = await HubRig.StartAsync(transport);
        HubConnection client = await rig.ConnectAsync(wire, client =>
        {
            client.Closed += _ =>
            {
                left.SetResult();
                return Task.CompletedTask;
            };
        });
        Assert.Equal("there", await client.InvokeAsync<string>("Repeat", "there").InTime());

        await rig.Web.Application.StopAsync().InTime();

        await left.Task.InTime();
        Assert.DoesNotContain(rig.Web.Log, line => line.Event == "NotAllConnectionsClosedGracefully");
    }

    private static async IAsyncEnumerable<int> Numbers(int end)
    {
        for (int i = 0; i < end; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }
}
