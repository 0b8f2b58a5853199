namespace Weir.Cli.Capturing;

/// <summary>Gives each frame to several sinks, in their order.</summary>
internal sealed class SeveralSinks(IReadOnlyList<ICaptureSink> sinks) : ICaptureSink
{
    public void Take(in FrameView frame, FlowOwner owner)
    {
        foreach (ICaptureSink sink in sinks)
            sink.Take(frame, owner);
    }

    public void Flush()
    {
        foreach (ICaptureSink sink in sinks)
            sink.Flush();
    }

    public void End()
    {
        foreach (ICaptureSink sink in sinks)
            sink.End();
    }

    public void Dispose()
    {
        foreach (ICaptureSink sink in sinks)
            sink.Dispose();
    }
}
