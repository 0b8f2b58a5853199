using Weir.Loops;

namespace Weir;

/// <summary>A channel that a server runs a handler on.</summary>
internal interface IServedChannel
{
    EventLoop Loop { get; }

    /// <summary>It was told to stop reading, or to close.</summary>
    bool IsEnding { get; }

    /// <summary>What has arrived is still received, then comes the end.</summary>
    void StopReading();

    Task CloseAsync();
}
