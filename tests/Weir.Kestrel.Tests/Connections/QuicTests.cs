using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weir.Kestrel.Tests.Transports;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>HTTP/3 has a transport of its own, whatever carries the rest.</summary>
public sealed class QuicTests
{
    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AnEndpointWithHttp3_StartsAsOnTheDefaultTransport(TransportCase transport) =>
        Assert.Equal(await StartAsync(TransportCase.Default), await StartAsync(transport));

    private static async Task<string> StartAsync(TransportCase transport)
    {
        try
        {
            await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "answered"), options =>
                options.Listen(IPAddress.Loopback, port: 0, listener => listener.Protocols = HttpProtocols.Http1AndHttp2AndHttp3));
            using HttpClient client = rig.Client();
            return await client.GetStringAsync("/");
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message;
        }
    }
}
