using System.Net;

namespace Weir.Packets.Dissection;

public enum ArpOperation
{
    Request = 1,
    Reply = 2,
    ReverseRequest = 3,
    ReverseReply = 4,
}

/// <summary>A question for an IPv4 address's link address, or an answer (RFC 826).</summary>
public sealed record ArpHeader
{
    public required ArpOperation Operation { get; init; }

    public required LinkAddress SenderLink { get; init; }

    public required IPAddress Sender { get; init; }

    public required LinkAddress TargetLink { get; init; }

    public required IPAddress Target { get; init; }

    /// <summary>Somebody tells its own address, or asks whether anybody else has it.</summary>
    public bool IsGratuitous => Sender.Equals(Target);

    /// <summary>The sender has no address yet and asks whether this one is free (RFC 5227).</summary>
    public bool IsProbe => Sender.Equals(IPAddress.Any);
}
