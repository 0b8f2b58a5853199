using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Weir.Linux.Uapi;

namespace Weir.Sockets;

/// <summary>A socket address as the kernel takes and gives it: a sockaddr of at most 128 bytes, held in place.</summary>
/// <remarks>Two addresses are equal when the kernel means the same by them; padding and a path's final NUL do not count.</remarks>
public readonly partial struct KernelAddress : IEquatable<KernelAddress>, ISpanFormattable
{
    /// <summary>The size of sockaddr_storage: room for every family's address.</summary>
    public const int MaxBytes = 128;

    private const int FamilyBytes = 2;
    private const int IPv4Bytes = 16;
    private const int IPv6Bytes = 28;
    private const int IPv6BytesWithoutScope = 24;

    private readonly Storage _storage;
    private readonly byte _length;

    private KernelAddress(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_storage);
        _length = (byte)bytes.Length;
    }

    /// <summary>What bind(2), connect(2) and sendto(2) take; empty for the default value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => ((ReadOnlySpan<byte>)_storage)[.._length];

    /// <summary>AF_INET, AF_INET6, AF_UNIX or another family; AF_UNSPEC for the default value.</summary>
    public int Family => MemoryMarshal.Read<ushort>(_storage);

    /// <summary>The default value: no address at all.</summary>
    public bool IsNone => _length == 0;

    public bool IsIP => Family is AF_INET or AF_INET6;

    public bool IsIPv6 => Family == AF_INET6;

    public bool IsUnix => Family == AF_UNIX;

    /// <summary>The port, 0 when the address has none.</summary>
    public int Port => IsIP ? BinaryPrimitives.ReadUInt16BigEndian(((ReadOnlySpan<byte>)_storage)[2..]) : 0;

    /// <summary>Four bytes of an IPv4 address or sixteen of an IPv6 address, in network order; otherwise empty.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> AddressBytes => Family switch
    {
        AF_INET => ((ReadOnlySpan<byte>)_storage).Slice(4, 4),
        AF_INET6 => ((ReadOnlySpan<byte>)_storage).Slice(8, 16),
        _ => default,
    };

    /// <summary>The index of the interface that a link-local IPv6 address belongs to; otherwise 0.</summary>
    public uint ScopeId => IsIPv6 ? MemoryMarshal.Read<uint>(((ReadOnlySpan<byte>)_storage)[24..]) : 0;

    /// <summary>Copies an address that the kernel gave, as getsockname(2), accept(2) and recvfrom(2) do.</summary>
    /// <param name="bytes">As long as the kernel said; shorter than two bytes is the default value, an address that is not there.</param>
    /// <exception cref="ArgumentException">There are more than 128 bytes, or fewer than the family's address has.</exception>
    public static KernelAddress FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FamilyBytes) return default;
        if (bytes.Length > MaxBytes)
            throw new ArgumentException($"An address has at most {MaxBytes} bytes, not {bytes.Length}.", nameof(bytes));
        return MemoryMarshal.Read<ushort>(bytes) switch
        {
            AF_INET => FromIPv4Bytes(bytes),
            AF_INET6 => FromIPv6Bytes(bytes),
            AF_UNIX => FromUnixBytes(bytes),
            _ => new KernelAddress(bytes),
        };
    }

    public static KernelAddress FromIPEndPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return FromIPAddress(endPoint.Address, endPoint.Port);
    }

    /// <param name="address">An IPv4 address, or an IPv6 address with its scope id.</param>
    /// <param name="port">0 to 65535; 0 lets bind(2) choose.</param>
    public static KernelAddress FromIPAddress(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        bool isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        Span<byte> bytes = stackalloc byte[IPv6Bytes];
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)(isIPv6 ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        address.TryWriteBytes(bytes[(isIPv6 ? 8 : 4)..], out _);
        if (!isIPv6) return new KernelAddress(bytes[..IPv4Bytes]);
        MemoryMarshal.Write(bytes[24..], (uint)address.ScopeId);
        return new KernelAddress(bytes);
    }

    /// <summary>The same address with another port, such as the one that the kernel chose for the first of several listeners.</summary>
    /// <exception cref="InvalidOperationException">The address has no port.</exception>
    public KernelAddress WithPort(int port) => FromIPAddress(ToIPEndPoint().Address, port);

    /// <exception cref="InvalidOperationException">The address is of another family.</exception>
    public IPEndPoint ToIPEndPoint() => Family switch
    {
        AF_INET => new IPEndPoint(new IPAddress(AddressBytes), Port),
        AF_INET6 => new IPEndPoint(new IPAddress(AddressBytes, ScopeId), Port),
        _ => throw new InvalidOperationException($"{this} is not an IP address."),
    };

    public static bool operator ==(in KernelAddress left, in KernelAddress right) => left.Bytes.SequenceEqual(right.Bytes);

    public static bool operator !=(in KernelAddress left, in KernelAddress right) => !(left == right);

    public bool Equals(KernelAddress other) => this == other;

    public override bool Equals(object? obj) => obj is KernelAddress other && this == other;

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    private static KernelAddress FromIPv4Bytes(ReadOnlySpan<byte> bytes)
    {
        RequireLength(bytes, IPv4Bytes, "AF_INET");
        Span<byte> withoutPadding = stackalloc byte[IPv4Bytes];
        withoutPadding.Clear();
        bytes[..8].CopyTo(withoutPadding);
        return new KernelAddress(withoutPadding);
    }

    // RFC 2133's sockaddr_in6 ended before the scope id, and the kernel still takes it.
    private static KernelAddress FromIPv6Bytes(ReadOnlySpan<byte> bytes)
    {
        RequireLength(bytes, IPv6BytesWithoutScope, "AF_INET6");
        Span<byte> complete = stackalloc byte[IPv6Bytes];
        complete.Clear();
        bytes[..Math.Min(bytes.Length, IPv6Bytes)].CopyTo(complete);
        return new KernelAddress(complete);
    }

    private static void RequireLength(ReadOnlySpan<byte> bytes, int length, string family)
    {
        if (bytes.Length < length)
            throw new ArgumentException($"An {family} address has {length} bytes, not {bytes.Length}.", nameof(bytes));
    }

    [InlineArray(MaxBytes)]
    private struct Storage
    {
        private byte _first;
    }
}
