namespace Weir.Cli.Engines;

/// <summary>One line on standard error when loops are on another engine than the one that was asked for.</summary>
internal static class EngineNotice
{
    public static void Write(LoopGroup loops)
    {
        if (loops.EngineRefusal is { } refusal)
            Console.Error.WriteLine($"weir: {refusal}");
    }
}
