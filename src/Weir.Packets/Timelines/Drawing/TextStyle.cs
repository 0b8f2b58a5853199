namespace Weir.Packets.Timelines.Drawing;

/// <summary>What a character of a ladder is, for its colour.</summary>
internal enum TextStyle : byte
{
    Plain,
    Faint,
    Repeated,
    Lost,
    State,
}
