using Weir.Rings;
using Xunit;

namespace Weir.Tests.Rings;

public sealed class RingMaskTests
{
    [Theory]
    [InlineData(null, RingFeatures.All)]
    [InlineData(" ", RingFeatures.All)]
    [InlineData("nonsense", RingFeatures.All)]
    [InlineData("5.15", RingFeatures.None)]
    [InlineData("5.18", RingFeatures.SilentSuccess | RingFeatures.Messages)]
    [InlineData("6.17", RingFeatures.All)]
    [InlineData("-MultishotReceive, -messages", RingFeatures.All & ~(RingFeatures.MultishotReceive | RingFeatures.Messages))]
    internal void Text_IsAKernelsVersion_OrNamesToLeaveOut(string? text, RingFeatures expected) => Assert.Equal(expected, RingMask.Parse(text));

    [Fact]
    public void EachFeature_HasAKernelThatBroughtIt()
    {
        foreach (RingFeatures feature in Enum.GetValues<RingFeatures>().Where(feature => feature is not (RingFeatures.None or RingFeatures.All)))
        {
            Version since = RingMask.Since(feature);
            Assert.True(RingMask.OfKernel(since).HasFlag(feature));
            Assert.False(RingMask.OfKernel(since.Minor > 0 ? new Version(since.Major, since.Minor - 1) : new Version(since.Major - 1, 99)).HasFlag(feature));
        }
    }
}
