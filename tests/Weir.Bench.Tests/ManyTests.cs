using System.Text.Json;
using Weir.Testing;
using Xunit;

namespace Weir.Bench.Tests;

public class ManyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(15_000, 1)]
    [InlineData(15_001, 2)]
    [InlineData(100_000, 7)]
    public void Connections_AreSplit_WithoutGapsOrTooManyInOne(int connections, int processes)
    {
        IReadOnlyList<(int First, int Count)> parts = ManyPlan.Split(connections);

        Assert.Equal(processes, parts.Count);
        Assert.Equal(connections, parts.Sum(part => part.Count));
        Assert.All(parts, part => Assert.InRange(part.Count, 1, ManyPlan.MostPerProcess));
        Assert.Equal(0, parts[0].First);
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.First + pair.First.Count, pair.Second.First));
    }

    [Fact]
    public void KernelMemory_IsSlabStacksPageTablesAndTcpPages() => Assert.Equal(
        (1024L * (100 + 20 + 3)) + (5L * Environment.SystemPageSize),
        KernelMemory.Parse(
            ["MemTotal: 9 kB", "Slab:             100 kB", "SReclaimable: 7 kB", "KernelStack:   20 kB", "PageTables:  3 kB", "SecPageTables: 8 kB"],
            ["sockets: used 11", "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 5", "UDP: inuse 0 mem 135"]));

    [RequiresProgramFact("gcc", "gcc libc6-dev")]
    public async Task Many_OpensAnswersAndClosesAll()
    {
        Finished many = await Run.Dotnet(Repository.Assembly("Weir.Bench"), ["many", "--connections", "300", "--json"]).ToEnd();

        ManyReport report = JsonSerializer.Deserialize<ManyReport>(many.Succeeded().Output, BenchJson.Options)!;
        Assert.Equal((300, 300, 0, 0), (report.Opened, report.Answered, report.Wrong, report.LeftDescriptors));
    }
}
