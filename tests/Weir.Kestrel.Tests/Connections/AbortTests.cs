using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Weir.Kestrel.Tests.Transports;
using Weir.Testing;
using Xunit;

namespace Weir.Kestrel.Tests.Connections;

/// <summary>A connection is aborted at different moments, and whoever waits for its end is told.</summary>
public sealed class AbortTests
{
    public static TheoryData<TransportCase, bool> Ways()
    {
        TheoryData<TransportCase, bool> ways = [];
        foreach (TransportCase transport in TransportCase.All)
        {
            ways.Add(transport, p2: false);
            ways.Add(transport, p2: true);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task AnAbort_LosesWhatWasNotFlushed_EndsReadsAndWrites_AndFiresClosed(TransportCase transport, bool byFeature)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        pair.Connection.ConnectionClosed.Register(closed.SetResult);
        ValueTask<ReadResult> reading = pair.Connection.Transport.Input.ReadAsync();
        pair.Connection.Transport.Output.GetMemory(100);
        pair.Connection.Transport.Output.Advance(100);

        if (byFeature)
            pair.Connection.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        else
            pair.Connection.Abort();

        ConnectionAbortedException aborted = await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await reading);
        Assert.Contains("aborted by the application", aborted.Message, StringComparison.Ordinal);
        await closed.Task.WaitAsync(Deadline.Generous);
        Assert.True(await WriteUntilCompletedAsync(pair.Connection.Transport.Output));
        await ThrowsResetAsync(pair.Client);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_AfterTheOutputIsComplete_StillEndsAReadThatWaits(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        // Unread by the client, so the end of it has to wait.
        await pair.Connection.Transport.Output.WriteAsync("before"u8.ToArray());

        pair.Connection.Abort(new ConnectionAbortedException("enough"));
        await pair.Connection.Transport.Output.CompleteAsync();

        Assert.Equal(
            "enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await pair.Connection.Transport.Input.ReadAsync())).Message);
    }

    [Theory]
    [TransportData]
    public async Task AnAbort_AfterTheEnd_ChangesNothing(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        await pair.Connection.Transport.Output.WriteAsync("all of it"u8.ToArray());
        pair.Client.FinishSending();
        await pair.Connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        pair.Connection.Abort();
        pair.Connection.Abort(new ConnectionAbortedException("twice"));

        Assert.Equal("all of it", await pair.Client.ReadToEndAsync());
    }

    [Theory]
    [TransportData]
    public async Task ManyAborts_AtOnce_AreOne(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        int closed = 0;
        pair.Connection.ConnectionClosed.Register(() => Interlocked.Increment(ref closed));

        Parallel.For(0, 16, i => pair.Connection.Abort(new ConnectionAbortedException($"{i}")));
        await pair.Connection.DisposeAsync().AsTask().WaitAsync(Deadline.Generous);

        Assert.Equal(1, closed);
        await ThrowsResetAsync(pair.Client);
    }

    [Theory]
    [TransportData]
    public async Task Dispose_WaitsForTheCallbacksOfClosed(TransportCase transport)
    {
        await using ConnectedPair pair = await ConnectedPair.CreateAsync(transport);
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mayReturn = new ManualResetEventSlim();
        pair.Connection.ConnectionClosed.Register(() =>
        {
            called.SetResult();
            mayReturn.Wait(Deadline.Generous);
        });

        pair.Connection.Abort();
        Task disposed = pair.Connection.DisposeAsync().AsTask();
        await called.Task.WaitAsync(Deadline.Generous);
        await ThrowsResetAsync(pair.Client);
        Assert.False(disposed.IsCompleted);
        mayReturn.Set();

        await disposed.WaitAsync(Deadline.Generous);
    }

    [Theory]
    [TransportData]
    public async Task ACallbackThatBlocks_HoldsNoOtherConnection(TransportCase transport)
    {
        using var mayReturn = new ManualResetEventSlim();
        TaskCompletionSource called = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            ReadResult read = await connection.Transport.Input.ReadAsync();
            if (read.Buffer.FirstSpan[0] == (byte)'b')
            {
                connection.ConnectionClosed.Register(() =>
                {
                    called.SetResult();
                    mayReturn.Wait(Deadline.Generous);
                });
            }

            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await connection.Transport.Output.WriteAsync("served"u8.ToArray());
            await connection.Transport.Input.ReadAsync();
        });
        using RawClient blocking = await rig.ConnectAsync();
        await blocking.SendAsync("b");
        await blocking.ReadUntilAsync("served");
        blocking.FinishSending();
        await called.Task.WaitAsync(Deadline.Generous);

        for (int i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            using RawClient other = await rig.ConnectAsync();
            await other.SendAsync("o");
            await other.ReadUntilAsync("served");
        }

        mayReturn.Set();
    }

    [Theory]
    [TransportData]
    public async Task ACallbackThatThrows_IsLogged_AndTheConnectionEnds(TransportCase transport)
    {
        await using HandlerRig rig = await HandlerRig.StartAsync(transport, async connection =>
        {
            connection.ConnectionClosed.Register(() => throw new InvalidOperationException("a callback's own fault"));
            await connection.Transport.Input.ReadAsync();
        });
        using RawClient client = await rig.ConnectAsync();
        client.FinishSending();

        Assert.Equal("", await client.ReadToEndAsync());
        client.Dispose();
        await rig.Web.Application.StopAsync().WaitAsync(Deadline.Generous);
        Assert.Contains(rig.Web.Log, line => line.Level == LogLevel.Error && $"{line.Exception}".Contains("own fault", StringComparison.Ordinal));
    }

    private static async Task<bool> WriteUntilCompletedAsync(PipeWriter output)
    {
        bool isCompleted = false;
        await Eventually.True(() =>
        {
            ValueTask<FlushResult> flush = output.WriteAsync("x"u8.ToArray());
            return isCompleted = flush.AsTask().WaitAsync(Deadline.Generous).GetAwaiter().GetResult().IsCompleted;
        });
        return isCompleted;
    }

    private static async Task ThrowsResetAsync(RawClient client)
    {
        SocketException reset = await Assert.ThrowsAsync<SocketException>(client.ReadToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
    }
}
