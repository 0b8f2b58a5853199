namespace Weir.Bench;

/// <summary>Every peer, defined once. The order is the order within a round: what a bar compares is near.</summary>
internal static class UdpPeerTable
{
    public const string COne = "c-one";
    public const string C = "c";
    public const string C128 = "c-128";
    public const string Socket = "socket";
    public const string SocketBlocking = "socket-blocking";
    public const string Weir = "weir";

    public static IReadOnlyList<UdpPeer> All { get; } =
    [
        new(COne, "send and recvfrom in C, a call for each datagram", [NativePrograms.CUdp]) { Extra = ["--one"] },
        new(C, "sendmmsg and recvmmsg in C; UDP_SEGMENT and UDP_GRO: the reference", [NativePrograms.CUdp]) { HasOffload = true },
        new(C128, "the same with 128 datagrams in a message instead of 64, which kernels take since 6.9", [NativePrograms.CUdp])
        {
            HasOffload = true, HasPlain = false, Extra = ["--segments", "128"],
        },
        OfAssembly(Weir, "DatagramChannel of Weir, one loop, its handler on it", "WeirUdp") with { HasOffload = true },
        OfAssembly(Socket, "System.Net.Sockets.Socket as users write it: SendTo and ReceiveFromAsync with a SocketAddress", "DotnetUdp"),
        OfAssembly(SocketBlocking, "Socket at its fastest: connected, blocking Send and Receive", "DotnetUdp") with
        {
            Extra = ["--blocking"],
        },
    ];

    /// <summary>Without offload everybody; with it who has it, and <see cref="Socket"/>, which has not, to compare with.</summary>
    public static IReadOnlyList<UdpLane> LanesOf(IReadOnlyList<UdpPeer> peers, UdpOffload offload)
    {
        bool NeedsPlain(UdpPeer peer) => peer.HasPlain && (offload != UdpOffload.On || peer.Name == Socket);
        return
        [
            .. peers.Where(NeedsPlain).Select(peer => new UdpLane(peer, Offload: false)),
            .. peers.Where(peer => peer.HasOffload && offload != UdpOffload.Off).Select(peer => new UdpLane(peer, Offload: true)),
        ];
    }

    private static UdpPeer OfAssembly(string name, string description, string project) =>
        new(name, description, ["dotnet", Repository.Assembly(project)]);
}
