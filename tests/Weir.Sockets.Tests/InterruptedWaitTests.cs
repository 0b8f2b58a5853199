using Xunit;

namespace Weir.Sockets.Tests;

public sealed class InterruptedWaitTests
{
    [Fact]
    public async Task WaitFor_InterruptedBySignals_GoesOnWaiting() =>
        Assert.Equal(["ready True, interrupted True", "ready True, interrupted True"], await Probe.Lines("wait"));
}
