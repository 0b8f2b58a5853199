using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>What the log at Debug tells about connections, under the event names that operators know.</summary>
public sealed class LogTests
{
    [Theory]
    [TransportData]
    public async Task AnEndInOrder_IsAFinOfEachSide(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            while (await connection.Transport.Input.ReadAsync() is { IsCompleted: false } read)
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
        });
        using RawClient client = await rig.ConnectAsync();
        client.FinishSending();
        await client.ReadToEndAsync();

        LogLine read = await LineAsync(rig, "ConnectionReadFin");
        LogLine written = await LineAsync(rig, "ConnectionWriteFin");

        Assert.Matches("""^Connection id "\w+" received FIN\.$""", read.Text);
        Assert.Matches("""^Connection id "\w+" sending FIN because: ".+"$""", written.Text);
        Assert.DoesNotContain(OfTransport(rig), line => line.Event is "ConnectionReset" or "ConnectionError" or "ConnectionWriteRst");
    }

    [Theory]
    [TransportData]
    public async Task AReset_IsOneLineAtDebug(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(
            transport, async connection => await Record.ExceptionAsync(async () => await connection.Transport.Input.ReadAtLeastAsync(100)));
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("a");
        client.Reset();

        LogLine reset = await LineAsync(rig, "ConnectionReset");
        await rig.Web.Application.StopAsync();

        Assert.Matches("""^Connection id "\w+" reset\.$""", reset.Text);
        Assert.Single(OfTransport(rig), line => line.Event == "ConnectionReset");
        Assert.DoesNotContain(OfTransport(rig), line => line.Event is "ConnectionReadFin" or "ConnectionError");
        Assert.DoesNotContain(rig.Web.Log, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_IsLoggedWithItsReason_Once(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            await connection.Transport.Input.ReadAsync();
            connection.Abort(new ConnectionAbortedException("enough"));
            connection.Abort(new ConnectionAbortedException("too late"));
        });
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("a");
        await Record.ExceptionAsync(client.ReadToEndAsync);

        LogLine aborted = await LineAsync(rig, "ConnectionWriteRst");
        await rig.Web.Application.StopAsync();

        Assert.Matches("""^Connection id "\w+" sending RST because: "enough"$""", aborted.Text);
        Assert.Single(OfTransport(rig), line => line.Event is "ConnectionWriteRst" or "ConnectionWriteFin");
        Assert.DoesNotContain(OfTransport(rig), line => line.Event is "ConnectionReset" or "ConnectionError");
    }

    [Theory]
    [TransportData]
    public async Task AFullReader_IsLoggedAsPauseAndResume(TransportCase transport)
    {
        // More than the one MiB that may be unread.
        const int Bytes = 3 * 1024 * 1024;
        TaskCompletionSource goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            await goOn.Task;
            for (long taken = 0; taken < Bytes;)
            {
                ReadResult read = await connection.Transport.Input.ReadAsync();
                taken += read.Buffer.Length;
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }
        });
        using RawClient client = await rig.ConnectAsync();
        Task sent = client.SendAsync(new string('x', Bytes));

        LogLine paused = await LineAsync(rig, "ConnectionPause");
        Assert.DoesNotContain(OfTransport(rig), line => line.Event == "ConnectionResume");
        goOn.SetResult();
        LogLine resumed = await LineAsync(rig, "ConnectionResume");

        Assert.Matches("""^Connection id "\w+" paused\.$""", paused.Text);
        Assert.Matches("""^Connection id "\w+" resumed\.$""", resumed.Text);
        await sent;
        await client.ReadToEndAsync();
    }

    private static async Task<LogLine> LineAsync(HandlerRig rig, string name)
    {
        await Eventually.True(() => OfTransport(rig).Any(line => line.Event == name));
        LogLine line = OfTransport(rig).First(line => line.Event == name);
        Assert.Equal(LogLevel.Debug, line.Level);
        return line;
    }

    private static IEnumerable<LogLine> OfTransport(HandlerRig rig) =>
        rig.Web.Log.Where(line => line.Category is "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets" or "Weir.Kestrel");
}
