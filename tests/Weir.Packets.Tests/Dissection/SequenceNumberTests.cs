using FsCheck.Fluent;
using Weir.Packets.Dissection;
using Weir.Testing;
using Xunit;

namespace Weir.Packets.Tests.Dissection;

public sealed class SequenceNumberTests
{
    [Fact]
    public void Comparing_GoesRoundTheEnd()
    {
        var last = new SequenceNumber(uint.MaxValue);

        Assert.True(last < last + 1);
        Assert.Equal(0u, (last + 1).Value);
        Assert.Equal(2, last + 2 - last);
        Assert.Equal(-2, last - (last + 2));
        Assert.Equal(last + 1, SequenceNumber.Max(last, last + 1));
    }

    [Fact]
    public void Distances_AreWhatWasAdded() => TestSeed.ForAll(
        from start in Gen.Choose(int.MinValue, int.MaxValue)
        from distance in Gen.Choose(1, int.MaxValue)
        select (new SequenceNumber((uint)start), distance),
        pair =>
        {
            (SequenceNumber start, int distance) = pair;
            Assert.Equal(distance, start + distance - start);
            Assert.True(start < start + distance);
            Assert.True(start + distance > start);
            Assert.True(start >= start - distance);
            Assert.Equal(start, start + distance - distance);
        });
}
