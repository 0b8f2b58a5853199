namespace Weir.Cli.Capturing;

/// <summary>What becomes of captured frames: lines, objects, a file, a drawing. Calls come from one thread.</summary>
internal interface ICaptureSink : IDisposable
{
    void Take(in FrameView frame, FlowOwner owner);

    /// <summary>A batch is over: what was put off is shown now.</summary>
    void Flush();

    /// <summary>Nothing more comes.</summary>
    void End();
}
