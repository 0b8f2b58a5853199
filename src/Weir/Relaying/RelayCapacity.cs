using Weir.Sockets;

namespace Weir;

/// <summary>
/// How many clients this process has descriptors for. Whom it cannot serve it does not accept: they wait in the kernel's queue, and the
/// runtime keeps what it needs itself.
/// </summary>
internal static class RelayCapacity
{
    // A client and its backend, and a part of a pipe: for half of the clients the kernel can move their bytes.
    private const int PerPair = 3;

    // A client, the bridge's pair, the file and what opening it takes.
    private const int PerFile = 5;

    // A client, the bridge's pair, two pipes, and both their ends twice while the command starts.
    private const int PerCommand = 9;

    /// <summary>The limit that the relay was given, or the one that it has.</summary>
    public static int Of(RelayOptions options) => Math.Clamp(DescriptorReserve.Free() / PerClient(options), 1, options.MaxConnections);

    /// <summary>What to say about a limit, when it is not the one that was given.</summary>
    public static string Advice(RelayOptions options, int limit) => limit < options.MaxConnections ? " of this process's descriptors ('ulimit -n')" : "";

    private static int PerClient(RelayOptions options) => options.To[0] switch
    {
        { Kind: RelayEndpointKind.Command } => PerCommand,
        { Kind: RelayEndpointKind.File } => PerFile,
        { Url: { } url } when url.Scheme.IsDatagram() => 1,
        _ => PerPair,
    };
}
