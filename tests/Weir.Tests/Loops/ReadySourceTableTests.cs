using Weir.Linux;
using Weir.Loops;
using Weir.Polling;
using Xunit;

namespace Weir.Tests.Loops;

public sealed class ReadySourceTableTests
{
    [Fact]
    public void Token_OfARemovedSource_FindsNobody_AlsoWhenItsSlotIsTaken()
    {
        var table = new ReadySourceTable<PollEvents>();
        var (old, young) = (new Source(), new Source());
        ulong oldToken = table.Add(old);
        Assert.Same(old, table.Find(oldToken));
        table.Remove(oldToken);
        Assert.Null(table.Find(oldToken));
        ulong youngToken = table.Add(young);
        Assert.Equal((uint)oldToken, (uint)youngToken);
        Assert.NotEqual(oldToken, youngToken);
        Assert.Null(table.Find(oldToken));
        Assert.Same(young, table.Find(youngToken));
    }

    [Fact]
    public void RemovingTwice_FreesOneSlotOnce()
    {
        var table = new ReadySourceTable<PollEvents>();
        ulong token = table.Add(new Source());
        table.Remove(token);
        table.Remove(token);
        Assert.NotEqual((uint)table.Add(new Source()), (uint)table.Add(new Source()));
    }

    [Fact]
    public void ManySources_AreAllFound_AndListed()
    {
        var table = new ReadySourceTable<PollEvents>();
        var added = new Dictionary<ulong, Source>();
        var random = new Random(1);
        for (int i = 0; i < 5_000; i++)
        {
            if (added.Count > 0 && random.Next(3) == 0)
            {
                ulong token = added.Keys.ElementAt(random.Next(Math.Min(added.Count, 20)));
                table.Remove(token);
                added.Remove(token);
                continue;
            }

            var source = new Source();
            added.Add(table.Add(source), source);
        }

        Assert.All(added, entry => Assert.Same(entry.Value, table.Find(entry.Key)));
        Assert.Equal(added.Values.ToHashSet(), [.. table.All<Source>()]);
    }

    private sealed class Source : IReadySource
    {
        public SafeFd Fd => throw new NotSupportedException();

        public ulong Token { get; set; }

        public PollEvents Wanted => PollEvents.None;

        public void OnReady(PollEvents events)
        {
        }
    }
}
