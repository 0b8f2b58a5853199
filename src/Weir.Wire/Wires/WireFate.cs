namespace Weir.Wire;

/// <summary>What became of a frame.</summary>
public enum WireFate
{
    /// <summary>It has left at the other end.</summary>
    Forwarded,

    /// <summary>It waits for a release; another event tells what becomes of it.</summary>
    Held,

    /// <summary>A further copy has left.</summary>
    Duplicated,

    /// <summary>It has left with a bit turned.</summary>
    Corrupted,

    /// <summary>It came from nobody at the near end: <see cref="WireDirection.Inject"/>.</summary>
    Injected,

    /// <summary>Lost by <see cref="WireConditions.LossProbability"/> or <see cref="WireConditions.LossPattern"/>.</summary>
    Lost,

    /// <summary>Dropped by a rule, or by whoever held it.</summary>
    Dropped,

    /// <summary>Lost by <see cref="WireConditions.IsCut"/>.</summary>
    Cut,

    /// <summary>Longer than <see cref="WireConditions.MtuBytes"/>.</summary>
    TooLong,

    /// <summary>No room in the queue for the rate.</summary>
    QueueFull,

    /// <summary>More frames are held or delayed than a wire keeps.</summary>
    NoRoom,

    /// <summary>The kernel did not take it at the far end, and <see cref="WireEvent.Errno"/> says why: longer than the interface's MTU, or the receiver's interface is down.</summary>
    Refused,
}
