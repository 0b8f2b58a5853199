using Weir.Collecting;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;

namespace Weir.Tests.Collecting;

/// <summary>The limit between receivers and the writer: nothing is lost, nobody waits for ever, and it is kept.</summary>
public sealed class RecordQueueTests
{
    [Fact]
    public async Task Records_AreGathered_WhileOthersAreWritten()
    {
        var queue = new RecordQueue(limitBytes: 100, countsOctets: false);
        await queue.TakeAllAsync(new Source("one\n"));
        RecordBatch first = await queue.NextAsync().AsTask().InTime();
        await queue.TakeAllAsync(new Source("two\n", "three\n"));

        Assert.Equal("one\n", Bytes.Text(first.Memory.Span));
        Assert.Equal(14, queue.WaitingBytes);
        Assert.Equal("two\nthree\n", Bytes.Text((await queue.NextAsync().AsTask().InTime()).Memory.Span));
        Assert.Equal(10, queue.WaitingBytes);
    }

    [Fact]
    public async Task AtTheLimit_SourcesWait_AndComeInTheirTurn()
    {
        var queue = new RecordQueue(limitBytes: 4, countsOctets: false);
        Task[] sources =
        [
            queue.TakeAllAsync(new Source("full")).AsTask(),
            queue.TakeAllAsync(new Source("1st\n", "3rd\n")).AsTask(),
            queue.TakeAllAsync(new Source("2nd\n")).AsTask(),
        ];
        Task completing = Task.WhenAll(sources).ContinueWith(_ => queue.Complete(), TaskScheduler.Default);

        Assert.Equal(["full", "1st\n", "2nd\n", "3rd\n"], await WrittenAsync(queue, maxBytes: 4));
        await completing.InTime();
    }

    [Fact]
    public async Task ASourceThatFails_LetsTheNextOneIn()
    {
        var queue = new RecordQueue(limitBytes: 4, countsOctets: false);
        Task[] sources =
        [
            queue.TakeAllAsync(new Source("full")).AsTask(),
            queue.TakeAllAsync(new Source("bad!", null)).AsTask(),
            queue.TakeAllAsync(new Source("good", "more")).AsTask(),
        ];
        Task completing = Task.WhenAll(sources).ContinueWith(_ => queue.Complete(), TaskScheduler.Default);

        Assert.Equal(["full", "bad!", "good", "more"], await WrittenAsync(queue, maxBytes: 4));
        await completing.InTime();
        Assert.IsType<InvalidDataException>(sources[1].Exception!.InnerException);
    }

    [Fact]
    public async Task Close_EndsThoseWhoWait_AndThoseWhoCome()
    {
        var queue = new RecordQueue(limitBytes: 4, countsOctets: false);
        Task waiting = queue.TakeAllAsync(new Source("full", "late")).AsTask();

        queue.Close();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queue.TakeAllAsync(new Source("later")).AsTask().InTime());
        Assert.True(queue.IsComplete);
    }

    [Fact]
    public async Task Complete_GivesWhatIsLeft_AndThenNothing()
    {
        var queue = new RecordQueue(limitBytes: 100, countsOctets: false);
        await queue.TakeAllAsync(new Source("last\n"));
        queue.Complete();

        Assert.Equal(1, (await queue.NextAsync().AsTask().InTime()).Count);
        Assert.Equal(0, (await queue.NextAsync().AsTask().InTime()).Count);
    }

    [Fact]
    public async Task WakeWriter_IsNotForgotten_WhenTheWriterIsBusy()
    {
        var queue = new RecordQueue(limitBytes: 100, countsOctets: false);
        queue.WakeWriter();

        Assert.Equal(0, (await queue.NextAsync().AsTask().InTime()).Count);
        ValueTask<RecordBatch> waiting = queue.NextAsync();
        Assert.False(waiting.IsCompleted);
        queue.WakeWriter();
        Assert.Equal(0, (await waiting.AsTask().InTime()).Count);
    }

    [Fact]
    public async Task ManySources_AtATightLimit_AllArriveWhole()
    {
        const int Sources = 40;
        const int Records = 200;
        var queue = new RecordQueue(limitBytes: 64, countsOctets: false);
        Task[] sources =
        [
            .. Enumerable.Range(0, Sources).Select(source => Task.Run(async () =>
            {
                for (int record = 0; record < Records; record += 10)
                    await queue.TakeAllAsync(new Source([.. Enumerable.Range(record, 10).Select(number => $"{source}:{number}\n")]));
            })),
        ];
        Task completing = Task.WhenAll(sources).ContinueWith(_ => queue.Complete(), TaskScheduler.Default);

        string[] written = await WrittenAsync(queue, maxBytes: 64 + 8);

        await Task.WhenAll([completing, .. sources]).InTime();
        for (int source = 0; source < Sources; source++)
        {
            Assert.Equal(
                Enumerable.Range(0, Records).Select(number => $"{source}:{number}\n"),
                written.Where(line => line.StartsWith($"{source}:", StringComparison.Ordinal)));
        }
    }

    // Everything, to the end.
    private static async Task<string[]> WrittenAsync(RecordQueue queue, int maxBytes)
    {
        List<string> written = [];
        while (await queue.NextAsync().AsTask().InTime() is { Count: > 0 } batch)
        {
            Assert.InRange(batch.Bytes, 1, maxBytes);
            written.AddRange(Enumerable.Range(0, batch.Count).Select(record => Bytes.Text(batch[record].Span)));
        }

        return [.. written];
    }

    /// <summary>Records one by one; null is a failure.</summary>
    private sealed class Source(params string?[] records) : IRecordSource
    {
        private int _next;

        public bool TryTake(RecordBatch batch)
        {
            if (_next == records.Length)
                return false;
            batch.Add(Bytes.Of(records[_next++] ?? throw new InvalidDataException("nonsense")));
            return true;
        }
    }
}
