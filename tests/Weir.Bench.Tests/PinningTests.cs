using Xunit;

namespace Weir.Bench.Tests;

public class PinningTests
{
    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-2,5", new[] { 0, 1, 2, 5 })]
    [InlineData("3,7", new[] { 3, 7 })]
    public void ParseCpuList_ReadsTheKernelsFormat(string list, int[] expected) => Assert.Equal(expected, Pinning.ParseCpuList(list));
}
