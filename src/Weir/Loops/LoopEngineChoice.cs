namespace Weir.Loops;

/// <summary>What <see cref="LoopEngine.Auto"/> stands for. The weights and the figures behind it are in docs/engines.md.</summary>
internal static class LoopEngineChoice
{
    public static LoopEngine Of(LoopEngine engine) => engine == LoopEngine.Auto ? LoopEngine.Epoll : engine;
}
