using System.IO.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Metrics;

/// <summary>What the loops count, as a listener of metrics sees it.</summary>
public sealed class LoopMetricTests
{
    [Theory]
    [TransportData(OursOnly = true)]
    public async Task EveryLoop_IsMeasured(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, EchoAsync);
        using var seen = new SeenMetrics(rig.Web, "Weir.Kestrel");
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("12345");
        await client.ReadUntilAsync("12345");

        int loops = rig.Web.Application.Services.GetRequiredService<TransportLoops>().Group.Count;
        Assert.Equal(
            ["weir.loop.buffer.usage|By", "weir.loop.connections|{connection}", "weir.loop.cpu.time|s", "weir.loop.io|By", "weir.loop.receive.pauses|{pause}", "weir.loop.send.refusals|{refusal}", "weir.loop.stalls|{stall}"],
            seen.Instruments.Order(StringComparer.Ordinal));
        seen.Observe();
        Assert.Equal(Enumerable.Range(0, loops), seen.Of("weir.loop.connections").Select(measured => (int)measured.Tags["weir.loop"]!).Order());
        Assert.Equal(1, seen.Of("weir.loop.connections").Sum(measured => measured.Value));
        await Eventually.True(() =>
        {
            seen.Observe();
            return Directed(seen, "receive") == 5 && Directed(seen, "transmit") == 5;
        });
        Assert.All(seen.Of("weir.loop.cpu.time"), measured => Assert.True(measured.Value > 0));
        Dictionary<object, double> before = seen.Of("weir.loop.cpu.time").ToDictionary(measured => measured.Tags["weir.loop"]!, measured => measured.Value);
        await client.SendAsync("12345");
        seen.Observe();
        Assert.All(seen.Of("weir.loop.cpu.time"), measured => Assert.True(measured.Value >= before[measured.Tags["weir.loop"]!]));
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task APausedReader_AndAFullSendBuffer_AreCounted(TransportCase transport)
    {
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            byte[] piece = new byte[1024 * 1024];
            ValueTask<FlushResult> flush;
            do
                flush = connection.Transport.Output.WriteAsync(piece);
            while (flush.IsCompletedSuccessfully);
            await goOn.Task;
            connection.Abort();
            await flush;
        });
        using var seen = new SeenMetrics(rig.Web, "Weir.Kestrel");
        using RawClient client = await rig.ConnectAsync();

        Task sending = client.SendAsync(new string('x', 8 * 1024 * 1024));

        await Eventually.True(() =>
        {
            seen.Observe();
            return seen.Sum("weir.loop.receive.pauses") >= 1 && seen.Sum("weir.loop.send.refusals") >= 1 && seen.Sum("weir.loop.buffer.usage") >= 1024 * 1024;
        });
        goOn.SetResult();
        await Record.ExceptionAsync(() => sending);
        await Eventually.True(() =>
        {
            seen.Observe();
            return seen.Sum("weir.loop.buffer.usage") == 0 && seen.Sum("weir.loop.connections") == 0;
        });
    }

    [Theory]
    [TransportData(OursOnly = true)]
    public async Task AnInlineHandlerThatBlocks_IsCountedAndNamed(TransportCase transport)
    {
        using var mayReturn = new ManualResetEventSlim();
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            // Nothing is sent before the read waits, so a loop completes it.
            Task blocking = BlockAfterReadAsync(connection.Transport.Input);
            reading.SetResult();
            await blocking;
        });
        async Task BlockAfterReadAsync(PipeReader input)
        {
            await input.ReadAsync();
            mayReturn.Wait(Deadline.Generous);
        }

        using var seen = new SeenMetrics(rig.Web, "Weir.Kestrel");
        using RawClient client = await rig.ConnectAsync();
        await reading.Task.WaitAsync(Deadline.Generous);
        await client.SendAsync("a");

        if (transport.IsInline)
        {
            await Eventually.True(() => rig.Web.Log.Any(line => line.Event == "LoopStalled"));
            LogLine warning = rig.Web.Log.First(line => line.Event == "LoopStalled");
            Assert.Equal(LogLevel.Warning, warning.Level);
            Assert.Matches(@"^A handler holds weir loop \d for more than \d+ ms, and \d+ connections wait; use thread-pool scheduling$", warning.Text);
            seen.Observe();
            Assert.True(seen.Sum("weir.loop.stalls") >= 1);
        }

        mayReturn.Set();
        await client.ReadToEndAsync();
        Assert.Equal(transport.IsInline, rig.Web.Log.Any(line => line.Event == "LoopStalled"));
    }

    private static double Directed(SeenMetrics seen, string direction) =>
        seen.Of("weir.loop.io").Where(measured => direction.Equals(measured.Tags["network.io.direction"])).Sum(measured => measured.Value);

    private static async Task EchoAsync(Microsoft.AspNetCore.Connections.ConnectionContext connection)
    {
        while (await connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
        {
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                await connection.Transport.Output.WriteAsync(piece);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }
}
