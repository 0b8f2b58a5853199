using Weir.Packets.Dissection;

namespace Weir.Wire;

/// <summary>Predicates that many rules want: <c>wire.AToB.Drop(Segments.Data(3))</c> is the third segment with data from now on.</summary>
public static class Segments
{
    public static bool Syn(WireFrame frame) => Of(frame) is { IsSyn: true, IsAck: false };

    public static bool SynAck(WireFrame frame) => Of(frame) is { IsSyn: true, IsAck: true };

    public static bool Fin(WireFrame frame) => Of(frame) is { IsFin: true };

    public static bool Reset(WireFrame frame) => Of(frame) is { IsReset: true };

    /// <summary>An acknowledgement and nothing else.</summary>
    public static bool PureAck(WireFrame frame) =>
        Of(frame) is { IsAck: true, IsSyn: false, IsFin: false, IsReset: false } && frame.Packet.PayloadBytes == 0;

    public static bool WithData(WireFrame frame) => Of(frame) is not null && frame.Packet.PayloadBytes > 0;

    /// <summary>The segment with data of this number, retransmissions counted, from the time at which the rule is made.</summary>
    /// <param name="number">From 1.</param>
    public static Func<WireFrame, bool> Data(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        int seen = 0;
        return frame => WithData(frame) && ++seen == number;
    }

    private static TcpHeader? Of(WireFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.Tcp;
    }
}
