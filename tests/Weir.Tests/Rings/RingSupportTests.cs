using Weir.Linux;
using Weir.Rings;
using Weir.Sockets;
using Xunit;

namespace Weir.Tests.Rings;

public sealed class RingSupportTests
{
    [RequiresUringTheory]
    [InlineData("5.15")]
    [InlineData("6.1")]
    [InlineData("6.6")]
    public void AMask_TakesAwayWhatThatKernelLacks(string kernel)
    {
        RingFeatures mask = RingMask.Parse(kernel);

        RingSupport support = RingSupport.Probe(mask);

        Assert.True(support.IsAvailable, support.Refusal);
        Assert.Equal(RingFeatures.None, support.Features & ~mask);
    }

    /// <summary>What this kernel's version promises is found by trying; a container may take io_uring away as a whole, not a part of it.</summary>
    [RequiresUringFact]
    public void WhatTheRunningKernelHas_IsFound()
    {
        RingFeatures expected = RingMask.OfKernel(Environment.OSVersion.Version);

        Assert.Equal(expected, RingSupport.Probe(RingFeatures.All).Features & expected);
    }

    [Fact]
    public void ARefusal_NamesTheCall_TheErrno_AndWhatForbidsIt()
    {
        Assert.StartsWith("io_uring_setup: ENOMEM; no memory for a ring; RLIMIT_MEMLOCK", RingRefusal.Describe(new SocketCallException("io_uring_setup", Errno.ENOMEM)));
        Assert.Contains("too old; 5.15 has all that is needed", RingRefusal.Describe(new SocketCallException("io_uring_setup", Errno.EINVAL)));
        Assert.StartsWith("io_uring_setup: ENOSYS; ", RingRefusal.Describe(new SocketCallException("io_uring_setup", Errno.ENOSYS)));
    }

    [RequiresUringFact]
    public async Task ARingThatIsNotPossible_IsReplacedByEpoll_WithALine()
    {
        // As the kernel answers when it has no memory for so many completions.
        var options = new LoopOptions { Engine = LoopEngine.Uring, Ring = new() { CompletionEntries = 3, SubmissionEntries = 64 } };

        await using var loops = new LoopGroup(1, options);

        Assert.Equal("epoll", loops.EngineName);
        Assert.StartsWith("io_uring_setup: EINVAL; ", loops.EngineRefusal);
        Assert.EndsWith(", using epoll", loops.EngineRefusal);
    }
}
