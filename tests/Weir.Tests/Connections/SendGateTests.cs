using Xunit;

namespace Weir.Tests.Connections;

public sealed class SendGateTests
{
    [Fact]
    public void Idle_LetsOneIn()
    {
        var gate = default(SendGate);
        Assert.True(gate.IsIdle && !gate.IsClosed);
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        Assert.False(gate.TryEnterQueued());
        Assert.True(gate.TryLeave());
        Assert.True(gate.IsIdle);
    }

    [Fact]
    public void Note_WhileSomebodySends_MakesHimHandOver()
    {
        var gate = default(SendGate);
        gate.TryEnter();
        Assert.True(gate.TryNote());
        Assert.False(gate.TryLeave());
        Assert.True(gate.LeaveQueued());
        Assert.False(gate.TryEnter());
        Assert.True(gate.TryEnterQueued());
        Assert.True(gate.TryLeave());
    }

    [Fact]
    public void Note_WhenNobodySends_SaysSo()
    {
        var gate = default(SendGate);
        Assert.False(gate.TryNote());
        Assert.True(gate.IsIdle);
        gate.TryEnter();
        gate.LeaveQueued();
        Assert.True(gate.TryNote());
        Assert.True(gate.TryEnterQueued());
    }

    [Fact]
    public void Closed_LetsNobodyIn_AndWhoIsInLearnsItWhenLeaving()
    {
        var gate = default(SendGate);
        gate.TryEnter();
        gate.Close();
        Assert.True(gate.IsClosed && !gate.IsIdle);
        Assert.False(gate.TryLeave());
        Assert.False(gate.LeaveQueued());
        Assert.False(gate.TryEnter());
        Assert.False(gate.TryEnterQueued());
        Assert.True(gate.TryNote());
        Assert.True(gate.IsClosed);
    }
}
