using Weir.Buffers;
using Weir.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Weir.Tests.Buffers;

public sealed class BlockPoolTests(ITestOutputHelper output)
{
    [Fact]
    public void Rent_GivesBackTheBlockThatWasReturnedLast()
    {
        var pool = new BlockPool(blockSizeBytes: 100, retainedBlocks: 4);
        (BufferBlock first, BufferBlock second) = (pool.Rent(onLoop: true), pool.Rent(onLoop: true));
        Assert.Equal((2, 200L), (pool.Lent, pool.LentBytes));
        pool.Return(first, onLoop: true);
        pool.Return(second, onLoop: true);
        Assert.Same(second, pool.Rent(onLoop: true));
        Assert.Same(first, pool.Rent(onLoop: true));
    }

    [Fact]
    public void BlocksThatOthersReturn_ComeBackToTheLoop()
    {
        var pool = new BlockPool(blockSizeBytes: 100, retainedBlocks: 4);
        BufferBlock[] blocks = [.. Enumerable.Range(0, 4).Select(_ => pool.Rent(onLoop: true))];
        foreach (BufferBlock block in blocks)
            pool.Return(block, onLoop: false);
        Assert.Equal(0, pool.Lent);
        BufferBlock[] again = [.. Enumerable.Range(0, 4).Select(_ => pool.Rent(onLoop: true))];
        Assert.Equal(blocks.ToHashSet(), again.ToHashSet());
        Assert.Equal(4, pool.Lent);
    }

    [Fact]
    public void BlocksBeyondTheLimit_AreLetGo_AndCountAsReturned()
    {
        var pool = new BlockPool(blockSizeBytes: 100, retainedBlocks: 2);
        BufferBlock[] blocks = [.. Enumerable.Range(0, 10).Select(_ => pool.Rent(onLoop: true))];
        foreach (BufferBlock block in blocks)
            pool.Return(block, onLoop: false);
        Assert.Equal(0, pool.Lent);
        int known = Enumerable.Range(0, 10).Count(_ => blocks.Contains(pool.Rent(onLoop: true)));
        Assert.Equal(2, known);
    }

    // What a loop receives and others write flows one way; so does what others receive from it and the loop sends.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BlocksThatFlowOneWay_AreUsedAgain(bool loopTakes)
    {
        var pool = new BlockPool(blockSizeBytes: 100, retainedBlocks: 500);
        var seen = new HashSet<BufferBlock>();
        for (int i = 0; i < 10_000; i++)
        {
            BufferBlock block = pool.Rent(onLoop: loopTakes);
            seen.Add(block);
            pool.Return(block, onLoop: !loopTakes);
        }

        Assert.InRange(seen.Count, 1, 100);
        Assert.Equal(0, pool.Lent);
    }

    [Fact]
    public void ReturnedBlock_IsAsNew()
    {
        var pool = new BlockPool(blockSizeBytes: 100, retainedBlocks: 4);
        (BufferBlock first, BufferBlock second) = (pool.Rent(onLoop: true), pool.Rent(onLoop: true));
        first.Append(30);
        first.LinkTo(second);
        Assert.Equal((30, 30L), (first.Memory.Length, second.RunningIndex));
        pool.Return(first, onLoop: true);
        pool.Return(second, onLoop: true);
        Assert.All([first, second], block => Assert.Equal((0, 100, 100, 0L, null), (block.Filled, block.FreeBytes, block.Memory.Length, block.RunningIndex, block.Next)));
    }

    [Fact]
    public async Task LoopAndOthers_AtOnce_LendNoBlockTwice()
    {
        var pool = new BlockPool(blockSizeBytes: 8, retainedBlocks: 16);
        int seed = TestSeed.NewRandom(output).Next();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            var random = new Random(seed + thread);
            List<BufferBlock> held = [];
            for (int i = 0; i < 20_000; i++)
            {
                if (held.Count > 0 && random.Next(2) == 0)
                {
                    BufferBlock block = held[^1];
                    held.RemoveAt(held.Count - 1);
                    Assert.Equal(thread, block.Span(0, 1)[0]);
                    pool.Return(block, onLoop: thread == 0);
                    continue;
                }

                BufferBlock rented = pool.Rent(onLoop: thread == 0);
                rented.FreeSpan[0] = (byte)thread;
                held.Add(rented);
            }

            held.ForEach(block => pool.Return(block, onLoop: thread == 0));
        })));
        Assert.Equal(0, pool.Lent);
    }
}
