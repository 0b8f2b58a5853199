using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Upgrades;

/// <summary>After "101 Switching Protocols" the connection is the application's own.</summary>
public sealed class UpgradeTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

    [Theory]
    [TransportData]
    public async Task AnUpgrade_CarriesBytesBothWays(TransportCase transport)
    {
        const int Bytes = 4 * 1024 * 1024;
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await StartAsync(transport, async (stream, _) =>
        {
            await EchoAsync(stream);
            over.SetResult();
        });
        using RawClient client = await rig.ConnectAsync();
        string sent = Convert.ToHexString(RandomNumberGenerator.GetBytes(Bytes / 2));

        await client.SendAsync(Request + "[early]");
        string head = await client.ReadUntilAsync("[early]");
        Task sending = client.SendAsync(sent);
        Task<string> reading = client.ReadAsync(Bytes);
        await sending;

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head, StringComparison.Ordinal);
        Assert.Equal(sent, await reading);
        // Behind the answer: Kestrel takes a client's end in the middle of a request for its abort.
        client.FinishSending();
        await over.Task.InTime();
    }

    [Theory]
    [TransportData]
    public async Task TheApplicationsEnd_IsTheClientsEnd(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, (stream, _) => stream.WriteAsync("last words"u8.ToArray()).AsTask());
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync(Request);

        Assert.EndsWith("\r\n\r\nlast words", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [TransportData]
    public async Task AReset_EndsTheRead_AndTheRequest(TransportCase transport)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await StartAsync(transport, async (stream, context) =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            failed.SetResult(await Record.ExceptionAsync(() => EchoAsync(stream)));
            await aborted.Task;
        });
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync(Request + "[echo]");
        await client.ReadUntilAsync("[echo]");
        client.Reset();

        Assert.IsAssignableFrom<IOException>(await failed.Task.InTime());
        await aborted.Task.InTime();
    }

    [Theory]
    [TransportData]
    public async Task OneUpgradeTooMany_IsRefused_UntilAnotherEnds(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport, (stream, _) => EchoAsync(stream), maxUpgrades: 1);
        using (RawClient first = await rig.ConnectAsync())
        {
            await first.SendAsync(Request);
            await first.ReadUntilAsync("\r\n\r\n");
            // The application can answer something else: what it sees is an exception.
            Assert.StartsWith("HTTP/1.1 500 ", await AskAsync(rig), StringComparison.Ordinal);
            Assert.Contains(rig.Log, line => line.Exception is InvalidOperationException);
        }

        // The place is given back when the server has seen the end.
        using var limit = new CancellationTokenSource(Deadline.Generous);
        while (!(await AskAsync(rig)).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
            limit.Token.ThrowIfCancellationRequested();
    }

    private static async Task<string> AskAsync(WebRig rig)
    {
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync(Request);
        return await client.ReadUntilAsync("\r\n\r\n");
    }

    private static Task<WebRig> StartAsync(TransportCase transport, Func<Stream, HttpContext, Task> serve, long? maxUpgrades = null) =>
        WebRig.StartAsync(
            transport,
            app => app.MapGet("/", async (HttpContext context) =>
            {
                await using Stream stream = await UpgradeAsync(context);
                await serve(stream, context);
            }),
            options =>
            {
                options.Listen(System.Net.IPAddress.Loopback, port: 0);
                options.Limits.MaxConcurrentUpgradedConnections = maxUpgrades;
            });

    private static Task<Stream> UpgradeAsync(HttpContext context)
    {
        context.Response.Headers.Upgrade = "echo";
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static async Task EchoAsync(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer) is > 0 and int count)
            await stream.WriteAsync(buffer.AsMemory(0, count));
    }
}
