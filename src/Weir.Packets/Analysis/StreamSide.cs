namespace Weir.Packets.Analysis;

/// <summary>One of a stream's two ends.</summary>
public enum StreamSide
{
    /// <summary>Who asked for the connection; when that was not captured, who sent the first packet.</summary>
    Initiator,

    Responder,
}
