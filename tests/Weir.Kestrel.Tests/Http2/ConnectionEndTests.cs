using System.Net;
using Microsoft.AspNetCore.Builder;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Http2;

/// <summary>The end of a connection that has many requests on it.</summary>
public sealed class ConnectionEndTests
{
    private const int Streams = 10;

    [Theory]
    [TransportData]
    public async Task AGracefulStop_SaysSo_AndFinishesWhatHasBegun(TransportCase transport)
    {
        var begun = new Countdown(Streams);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => MapWaiting(app, begun, goOn.Task), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);
        for (int i = 0; i < Streams; i++)
            await client.GetAsync((i * 2) + 1, "/");
        await begun.Done.InTime();

        Task stopping = rig.Application.StopAsync();
        Frame warning = await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway);
        Assert.Equal((int.MaxValue, ErrorCode.NoError), (warning.LastStream, warning.Error));
        goOn.SetResult();
        for (int ended = 0; ended < Streams; ended++)
            await client.ReadUntilAsync(frame => frame.EndsStream);

        // Kestrel looks whether all have ended when it hears from the client, or has no time left.
        await client.SendAsync(FrameType.Ping, FrameFlags.None, stream: 0, new byte[8]);
        Frame last = await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway);
        Assert.Equal(((Streams * 2) - 1, ErrorCode.NoError), (last.LastStream, last.Error));
        Assert.Null(await client.TryReadAsync());
        client.Dispose();
        await stopping.InTime();
    }

    [Theory]
    [TransportData]
    public async Task AGracefulStop_FinishesWhatHasBegun_OverTls(TransportCase transport)
    {
        var begun = new Countdown(Streams);
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebRig rig = await WebRig.StartAsync(transport, app => MapWaiting(app, begun, goOn.Task), options => options.ListenHttps());
        using HttpClient client = rig.HttpsClient(HttpVersion.Version20);
        Task<string>[] getting = [.. Enumerable.Range(0, Streams).Select(_ => client.GetStringAsync("/"))];
        await begun.Done.InTime();

        Task stopping = rig.Application.StopAsync();
        await Eventually.True(() => rig.Log.Any(line => line.Text.EndsWith("is closing.", StringComparison.Ordinal)));
        goOn.SetResult();

        Assert.All(await Task.WhenAll(getting), answer => Assert.Equal("done", answer));
        await stopping.InTime();
    }

    [Theory]
    [TransportData]
    public async Task AnErrorOfTheConnection_IsSaid_AndEndsIt(TransportCase transport)
    {
        await using WebRig rig = await WebRig.StartAsync(transport, app => app.MapGet("/", () => "fine"), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);

        // Streams of clients have odd numbers.
        await client.GetAsync(stream: 2, "/");

        Assert.Equal(ErrorCode.ProtocolError, (await client.ReadUntilAsync(frame => frame.Type == FrameType.GoAway)).Error);
        Assert.Null(await client.TryReadAsync());
    }

    [Theory]
    [TransportData]
    public async Task AClientThatFinishesSending_GetsItsAnswers(TransportCase transport)
    {
        var begun = new Countdown(1);
        await using WebRig rig = await WebRig.StartAsync(
            transport, app => MapWaiting(app, begun, Task.CompletedTask), options => options.ListenHttp2());
        using FrameClient client = await FrameClient.ConnectAsync(rig);
        await client.GetAsync(stream: 1, "/");
        Assert.Equal("done", await client.ReadBodyAsync(stream: 1));

        client.Raw.FinishSending();

        while (await client.TryReadAsync() is { } frame)
            Assert.Contains(frame.Type, new[] { FrameType.GoAway, FrameType.Settings });
    }

    private static void MapWaiting(WebApplication app, Countdown begun, Task goOn) => app.MapGet("/", async () =>
    {
        begun.Signal();
        await goOn;
        return "done";
    });
}
