using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Tls;

/// <summary>Handshakes that come to nothing, and harm nobody.</summary>
public sealed class HandshakeTests
{
    // The first bytes of a record that holds a ClientHello of 508 bytes.
    private static readonly byte[] s_halfHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];

    [Theory]
    [TransportData]
    public async Task ASilentClient_IsEndedByTheTimeout(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, TimeSpan.FromMilliseconds(100));
        using RawClient silent = await rig.ConnectAsync();
        using RawClient halfway = await rig.ConnectAsync();
        await halfway.Socket.SendAsync(s_halfHello);

        Assert.Equal("", await silent.ReadToEndAsync());
        Assert.Equal("", await halfway.ReadToEndAsync());
        Assert.Equal(2, rig.Log.Count(line => line.Event == "AuthenticationTimedOut"));
    }

    [Theory]
    [TransportData]
    public async Task PlainHttp_IsNotAnswered(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        using RawClient plain = await rig.ConnectAsync();
        await plain.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.DoesNotContain("HTTP/1.1", await plain.ReadToEndAsync(), StringComparison.Ordinal);
        await AssertServesAsync(rig);
    }

    [Theory]
    [TransportData]
    public async Task Garbage_EndsItsConnectionOnly(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        foreach (int length in new[] { 5, 100, 20_000 })
        {
            using RawClient client = await rig.ConnectAsync();
            byte[] garbage = RandomNumberGenerator.GetBytes(length);
            garbage[0] |= 0x80;
            await client.Socket.SendAsync(garbage);
            client.FinishSending();
            await client.ReadToTheEndOrResetAsync();
        }

        await AssertServesAsync(rig);
    }

    [Theory]
    [TransportData]
    public async Task AnEnd_InTheMiddleOfAHandshake_IsAnsweredByAnEnd(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        foreach (byte[] beginning in new[] { [], s_halfHello })
        {
            using RawClient client = await rig.ConnectAsync();
            await client.Socket.SendAsync(beginning);
            client.FinishSending();
            Assert.Equal("", await client.ReadToEndAsync());
        }

        await AssertServesAsync(rig);
    }

    [Theory]
    [TransportData]
    public async Task AReset_InAnyPhaseOfAHandshake_HarmsNobody(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        for (int i = 0; i < 10; i++)
        {
            (await rig.ConnectAsync()).Reset();
            RawClient halfway = await rig.ConnectAsync();
            await halfway.Socket.SendAsync(s_halfHello);
            halfway.Reset();
            await ResetWhenTheServerHasSpokenAsync(rig);
            TlsClient done = await TlsClient.ConnectAsync(rig);
            done.Raw.Reset();
        }

        await AssertServesAsync(rig);
        Assert.DoesNotContain(rig.Log, line => line.Level >= LogLevel.Warning);
    }

    private static Task<WebRig> StartAsync(TransportCase transport, TimeSpan? handshakeTimeout = null) => WebRig.StartAsync(
        transport,
        app => app.MapGet("/", () => "fine"),
        options => options.ListenHttps(https: https => https.HandshakeTimeout = handshakeTimeout ?? Deadline.Generous));

    private static async Task AssertServesAsync(WebRig rig)
    {
        using HttpClient client = rig.HttpsClient();
        Assert.Equal("fine", await client.GetStringAsync("/"));
    }

    private static async Task ResetWhenTheServerHasSpokenAsync(WebRig rig)
    {
        RawClient client = await rig.ConnectAsync();
        await client.Socket.SendAsync(await TlsClient.MakeHelloAsync());
        Assert.NotEqual(0, await client.Socket.ReceiveAsync(new byte[1]).InTime());
        client.Reset();
    }
}
