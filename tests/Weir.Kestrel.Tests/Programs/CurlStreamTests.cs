using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Programs;

/// <summary>curl as it reads what comes now and then, and as it is ended in the middle.</summary>
public sealed class CurlStreamTests
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task EachEvent_IsPrintedWhenItIsFlushed(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        using Process curl = Start(rig);

        for (int i = 0; i < 20; i++)
        {
            await _events.Writer.WriteAsync($"event {i}");
            Assert.Equal($"data: event {i}", await curl.StandardOutput.ReadLineAsync().InTime());
            Assert.Equal("", await curl.StandardOutput.ReadLineAsync().InTime());
        }

        _events.Writer.Complete();
        Assert.Null(await curl.StandardOutput.ReadLineAsync().InTime());
        await curl.WaitForExitAsync().InTime();
        Assert.Equal(0, curl.ExitCode);
    }

    [RequiresProgramTheory("curl", "curl")]
    [TransportData]
    public async Task AClientThatIsKilled_AbortsTheRequest(TransportCase transport)
    {
        await using WebRig rig = await StartAsync(transport);
        using Process curl = Start(rig);
        await _events.Writer.WriteAsync("the first");
        Assert.Equal("data: the first", await curl.StandardOutput.ReadLineAsync().InTime());

        curl.Kill();

        await _aborted.Task.InTime();
        await curl.WaitForExitAsync().InTime();
    }

    private static Process Start(WebRig rig) => Process.Start(new ProcessStartInfo(
        Run.Find("curl")!, ["-sSN", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{rig.Port}/")])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    private Task<WebRig> StartAsync(TransportCase transport) => WebRig.StartAsync(transport, app => app.MapGet("/", (HttpContext context) =>
    {
        context.RequestAborted.Register(_aborted.SetResult);
        return TypedResults.ServerSentEvents(_events.Reader.ReadAllAsync(context.RequestAborted));
    }));
}
