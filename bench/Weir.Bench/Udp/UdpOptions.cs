namespace Weir.Bench;

internal enum UdpOffload
{
    Both,
    On,
    Off,
}

internal sealed record UdpOptions(
    UdpOffload Offload, int SizeBytes, int ReceiveBufferBytes, int Runs, double WarmupSeconds, double Seconds, bool Quick)
{
    public const int DatagramBytes = 64;

    // net.core.rmem_max as the kernel comes: what everybody may ask for.
    public const int AskedReceiveBufferBytes = 212_992;

    public void Validate() => Measuring.Validate(Runs, WarmupSeconds, Seconds, Quick);
}
