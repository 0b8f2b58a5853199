using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Metrics;

/// <summary>Kestrel's own metrics say about our connections what they say about its own transport's.</summary>
public sealed class KestrelMetricTests
{
    private const string Meter = "Microsoft.AspNetCore.Server.Kestrel";

    [Theory]
    [TransportData]
    public async Task AConnection_IsMeasuredWithItsNetwork(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"));
        using var seen = new SeenMetrics(rig, Meter);
        using (RawClient client = await rig.ConnectAsync())
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            await client.ReadUntilAsync("fine");
            Assert.Equal(1, seen.Sum("kestrel.active_connections"));
        }

        await Eventually.True(() => seen.Of("kestrel.connection.duration").Any());
        Assert.Equal(0, seen.Sum("kestrel.active_connections"));
        Assert.Equal(
            ["network.protocol.name=http", "network.protocol.version=1.1", "network.transport=tcp", "network.type=ipv4", "server.address=127.0.0.1", $"server.port={rig.Port}"],
            Tags(seen));
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AReset_IsMeasured_AsOnTheDefaultTransport(TransportCase transport) =>
        Assert.Equal(await TagsOfAResetAsync(TransportCase.Default), await TagsOfAResetAsync(transport));

    [Theory]
    [TransportData]
    public async Task AnAbort_IsTheErrorOfItsConnection(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", (HttpContext context) => context.Abort()));
        using var seen = new SeenMetrics(rig, Meter);
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        await Eventually.True(() => seen.Of("kestrel.connection.duration").Any());
        Assert.Contains("error.type=aborted_by_app", Tags(seen));
    }

    private static async Task<string[]> TagsOfAResetAsync(TransportCase transport)
    {
        TaskCompletionSource working = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", async context =>
        {
            TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            context.RequestAborted.Register(aborted.SetResult);
            working.SetResult();
            await aborted.Task;
        }));
        using var seen = new SeenMetrics(rig, Meter);
        RawClient client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await working.Task.WaitAsync(Deadline.Generous);
        client.Reset();

        await Eventually.True(() => seen.Of("kestrel.connection.duration").Any());
        return [.. Tags(seen).Where(tag => !tag.StartsWith("server.port", StringComparison.Ordinal))];
    }

    private static IEnumerable<string> Tags(SeenMetrics seen) =>
        Assert.Single(seen.Of("kestrel.connection.duration")).Tags.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
}
