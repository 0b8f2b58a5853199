using Xunit;

namespace Weir.Wire.Tests.Wires;

public sealed class WireChanceTests
{
    [Fact]
    public void Numbers_AreSpreadEvenly()
    {
        var chance = new WireChance(seed: 1, direction: 1);

        int[] tenths = new int[10];
        for (int frame = 1; frame <= 100_000; frame++)
            tenths[(int)(chance.Next(frame, WireQuestion.Loss) * 10)]++;

        Assert.All(tenths, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void DirectionsAndQuestions_AreIndependent()
    {
        var there = new WireChance(seed: 1, direction: 1);
        var back = new WireChance(seed: 1, direction: 2);

        int both = 0;
        for (int frame = 1; frame <= 10_000; frame++)
        {
            if (there.Next(frame, WireQuestion.Loss) < 0.5 == back.Next(frame, WireQuestion.Loss) < 0.5)
                both++;
        }

        Assert.InRange(both, 4_800, 5_200);
        Assert.NotEqual(there.Next(1, WireQuestion.Loss), there.Next(1, WireQuestion.Corruption));
    }
}
