using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>How a connection ends, as a handler without HTTP sees it.</summary>
public sealed class EndTests
{
    [Theory]
    [TransportData]
    public async Task AFin_CompletesTheInput_FiresClosed_AndSendsGoOn(TransportCase transport)
    {
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            connection.ConnectionClosed.Register(closed.SetResult);
            string said = await ReadToEndAsync(connection.Transport.Input);
            await closed.Task;
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"you said {said}"));
        });
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("all of it");
        client.FinishSending();

        Assert.Equal("you said all of it", await client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task AFin_StaysAnEnd_WhenTheConnectionIsAbortedAfterIt(TransportCase transport)
    {
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<string> read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            connection.ConnectionClosed.Register(closed.SetResult);
            await closed.Task;
            connection.Abort(new ConnectionAbortedException("after the end"));
            await gone.Task;
            read.SetResult(await ReadToEndAsync(connection.Transport.Input));
        });
        using RawClient client = await rig.ConnectAsync();

        await client.SendAsync("all of it");
        client.FinishSending();
        await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        gone.SetResult();

        Assert.Equal("all of it", await read.Task.InTime());
    }

    [Theory]
    [TransportData]
    public async Task AReset_IsThrownByTheRead_AndFiresClosed(TransportCase transport)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            connection.ConnectionClosed.Register(closed.SetResult);
            failed.SetResult(await Record.ExceptionAsync(() => ReadToEndAsync(connection.Transport.Input)));
        });
        RawClient client = await rig.ConnectAsync();

        await client.SendAsync("a");
        client.Reset();

        Assert.IsType<ConnectionResetException>(await failed.Task.WaitAsync(Deadline.Generous));
        await closed.Task.WaitAsync(Deadline.Generous);
        Assert.DoesNotContain(rig.Web.Log, line => line.Level > Microsoft.Extensions.Logging.LogLevel.Debug && line.Exception is not null);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_EndsARead_WithItsReason_AndResetsTheClient(TransportCase transport)
    {
        TaskCompletionSource<Exception?> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            await ReadFirstAsync(connection);
            ValueTask<ReadResult> reading = connection.Transport.Input.ReadAsync();
            connection.Abort(new ConnectionAbortedException("enough"));
            connection.Abort(new ConnectionAbortedException("too late"));
            failed.SetResult(await Record.ExceptionAsync(async () => await reading));
        });
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("connected");

        Assert.Equal("enough", Assert.IsType<ConnectionAbortedException>(await failed.Task.WaitAsync(Deadline.Generous)).Message);
        SocketException reset = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_EndsAFlushThatWaits(TransportCase transport)
    {
        TaskCompletionSource<FlushResult> flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            await ReadFirstAsync(connection);
            byte[] piece = new byte[1024 * 1024];
            ValueTask<FlushResult> flush;
            do
                flush = connection.Transport.Output.WriteAsync(piece);
            while (flush.IsCompleted && !(await flush).IsCompleted);
            connection.Abort(new ConnectionAbortedException("enough"));
            // The kernel may have made room at that moment; then the next flush tells.
            FlushResult result = await flush;
            while (!result.IsCompleted)
                result = await connection.Transport.Output.WriteAsync(piece);
            flushed.SetResult(result);
        });
        using RawClient client = await rig.ConnectAsync();
        await client.SendAsync("connected");

        Assert.True((await flushed.Task.WaitAsync(Deadline.Generous)).IsCompleted);
    }

    [Theory]
    [TransportData]
    public async Task WhatWasWritten_LeavesBeforeTheEnd(TransportCase transport)
    {
        const int Bytes = 5_000_000;
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            await connection.Transport.Output.WriteAsync(new byte[Bytes]);
            await connection.Transport.Output.CompleteAsync();
        });
        using RawClient client = await rig.ConnectAsync();

        Assert.Equal(Bytes, (await client.ReadToEndAsync()).Length);
    }

    [Theory]
    [TransportData]
    public async Task CancelledReads_GoOnAfterwards(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            PipeReader input = connection.Transport.Input;
            ValueTask<ReadResult> reading = input.ReadAsync();
            input.CancelPendingRead();
            ReadResult cancelled = await reading;
            input.AdvanceTo(cancelled.Buffer.Start);
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(cancelled.IsCanceled ? "cancelled " : "not cancelled "));
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(await ReadToEndAsync(input)));
        });
        using RawClient client = await rig.ConnectAsync();

        await client.ReadUntilAsync("cancelled ");
        await client.SendAsync("and read");
        client.FinishSending();

        Assert.Equal("and read", await client.ReadToEndAsync());
    }

    // A client whose connect is not over yet would be told of the reset by that.
    private static async Task ReadFirstAsync(ConnectionContext connection)
    {
        ReadResult read = await connection.Transport.Input.ReadAsync();
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    private static async Task<string> ReadToEndAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            if (read.IsCompleted)
                return Encoding.ASCII.GetString(read.Buffer);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
