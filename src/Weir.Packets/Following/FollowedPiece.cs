using Weir.Packets.Analysis;

namespace Weir.Packets.Following;

/// <summary>Bytes of one direction of a conversation, in their order; or, without bytes, a gap.</summary>
/// <param name="Side">Who sent them.</param>
/// <param name="OffsetBytes">Where in the direction they begin; its first byte is 0.</param>
/// <param name="MissingBytes">How many bytes are missing here.</param>
/// <param name="Gap">Why they are.</param>
public readonly record struct FollowedPiece(
    StreamSide Side, long OffsetBytes, ReadOnlyMemory<byte> Bytes, long MissingBytes = 0, FollowGap Gap = FollowGap.None);
