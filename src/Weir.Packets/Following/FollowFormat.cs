namespace Weir.Packets.Following;

/// <summary>How followed bytes are shown.</summary>
public enum FollowFormat
{
    /// <summary>Lines, with <c>\xHH</c> for what is no printable ASCII.</summary>
    Text,

    /// <summary>Sixteen bytes a line, with their offset and as text.</summary>
    Hex,
}
