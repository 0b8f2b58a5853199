using System.Net;

namespace Weir.Sockets;

/// <summary>What a URL says, taken apart; the fields that a scheme does not have keep their defaults.</summary>
internal sealed record SocketUrlParts
{
    public required SocketScheme Scheme { get; init; }

    public string Host { get; set; } = "";

    public IPAddress? Address { get; set; }

    public string? ScopeName { get; set; }

    public int Port { get; set; }

    public byte[] UnixName { get; set; } = [];

    public bool IsAbstract { get; set; }

    public int Descriptor { get; set; } = -1;

    public List<SocketOptionSetting> Settings { get; init; } = [];

    /// <summary>Whether both say the same, in whatever spelling.</summary>
    public bool MeansSameAs(SocketUrlParts other) =>
        Scheme == other.Scheme && HasSameHost(other) && Port == other.Port && Descriptor == other.Descriptor
        && IsAbstract == other.IsAbstract && UnixName.AsSpan().SequenceEqual(other.UnixName) && Settings.SequenceEqual(other.Settings);

    public int MeaningHash()
    {
        var hash = default(HashCode);
        hash.Add(Scheme);
        hash.Add(Port);
        hash.Add(Descriptor);
        hash.AddBytes(UnixName);
        if (Address is not null) hash.Add(Address);
        else hash.Add(Host, StringComparer.OrdinalIgnoreCase);
        return hash.ToHashCode();
    }

    private bool HasSameHost(SocketUrlParts other) =>
        Address is null || other.Address is null
            ? ReferenceEquals(Address, other.Address) && Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase)
            : Address.Equals(other.Address) && ScopeName == other.ScopeName;
}
