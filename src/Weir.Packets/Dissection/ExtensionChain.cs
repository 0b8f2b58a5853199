namespace Weir.Packets.Dissection;

/// <summary>IPv6's extension headers, up to the transport's, an encrypted one, or the second part of what a fragment cut.</summary>
internal struct ExtensionChain
{
    /// <summary>The most that are read; senders should not use more than seven.</summary>
    public const int MaxHeaders = 16;

    private const int MinimumBytes = 8;

    public IReadOnlyList<ExtensionHeader> Headers { get; private set; }

    public IpProtocol Protocol { get; private set; }

    public Layer Rest { get; private set; }

    public bool IsWhole { get; private set; }

    public int LengthBytes { get; private set; }

    public uint Identification { get; private set; }

    public int FragmentOffsetBytes { get; private set; }

    public bool MoreFragments { get; private set; }

    public static ExtensionChain Read(Packet packet, Layer rest, IpProtocol first)
    {
        var chain = new ExtensionChain { Headers = [], Protocol = first, Rest = rest, IsWhole = true };
        List<ExtensionHeader>? headers = null;
        while (chain.IsWhole && chain.FragmentOffsetBytes == 0 && IsExtension(chain.Protocol))
        {
            if (headers?.Count == MaxHeaders)
            {
                packet.Note($"ip6: more than {MaxHeaders} extension headers");
                chain.IsWhole = false;
                break;
            }

            chain.IsWhole = chain.TryRead(packet, out ExtensionHeader header);
            if (chain.IsWhole)
                (headers ??= []).Add(header);
        }

        chain.Headers = headers ?? (IReadOnlyList<ExtensionHeader>)[];
        return chain;
    }

    private static bool IsExtension(IpProtocol protocol) =>
        protocol is IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.Fragment or IpProtocol.Authentication
            or IpProtocol.DestinationOptions or IpProtocol.Mobility or IpProtocol.HostIdentity or IpProtocol.Shim6;

    private static string Name(IpProtocol kind) => kind switch
    {
        IpProtocol.HopByHopOptions => "hop-by-hop header",
        IpProtocol.Routing => "routing header",
        IpProtocol.Fragment => "fragment header",
        IpProtocol.Authentication => "authentication header",
        IpProtocol.DestinationOptions => "destination options header",
        _ => "extension header",
    };

    private bool TryRead(Packet packet, out ExtensionHeader header)
    {
        header = default;
        if (!packet.Holds(Rest, MinimumBytes, "ip6", Name(Protocol)))
            return false;
        int units = Rest.Span[1];
        int length = Protocol switch
        {
            IpProtocol.Fragment => MinimumBytes,
            IpProtocol.Authentication => (units + 2) * 4,
            _ => (units + 1) * 8,
        };
        if (!packet.Holds(Rest, length, "ip6", Name(Protocol)))
            return false;
        if (Protocol == IpProtocol.Fragment)
            ReadFragment();
        header = new ExtensionHeader(Protocol, length);
        Protocol = (IpProtocol)Rest.Span[0];
        LengthBytes += length;
        Rest = Rest.Skip(length);
        return true;
    }

    private void ReadFragment()
    {
        int field = Rest.UInt16(2);
        FragmentOffsetBytes = field & ~7;
        MoreFragments = (field & 1) != 0;
        Identification = Rest.UInt32(4);
    }
}
