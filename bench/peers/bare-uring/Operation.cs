namespace Weir.Bench.Peers.BareUring;

/// <summary>The low bits of user_data; the descriptor is above them.</summary>
internal enum Operation
{
    Accept,
    Receive,
    WaitForRoom,
}
