namespace Weir.Sockets;

/// <summary>The value of SO_LINGER: what close(2) does while data is still to be sent (socket(7)).</summary>
/// <param name="IsOn">False: close returns at once and the kernel sends the rest.</param>
/// <param name="Seconds">How long close waits for the rest; 0 drops it and sends a reset.</param>
public readonly record struct LingerTime(bool IsOn, int Seconds)
{
    public static LingerTime Off => default;

    /// <summary>Close drops what is unsent and sends a reset.</summary>
    public static LingerTime Reset => new(IsOn: true, Seconds: 0);

    public static LingerTime Of(int seconds) => new(IsOn: true, seconds);
}
