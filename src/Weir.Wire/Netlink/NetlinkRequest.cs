using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Netlink;

/// <summary>One request to the kernel: a header, a structure of its kind, and attributes, some with attributes inside (netlink(7)).</summary>
internal sealed class NetlinkRequest
{
    private const int MaxBytes = 1024;
    private const int Alignment = 4;

    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _length = Unsafe.SizeOf<nlmsghdr>();
    private readonly ushort _type;
    private readonly ushort _flags;

    /// <param name="what">The operation in words, for error messages.</param>
    public NetlinkRequest(string what, ushort type, ushort flags = 0)
    {
        What = what;
        _type = type;
        _flags = flags;
    }

    public string What { get; }

    /// <summary>The structure that follows the header, such as ifinfomsg.</summary>
    public NetlinkRequest Begin<T>(in T structure)
        where T : unmanaged
    {
        MemoryMarshal.Write(_bytes.AsSpan(_length), structure);
        _length += Align(Unsafe.SizeOf<T>());
        return this;
    }

    public NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        int header = Unsafe.SizeOf<nlattr>();
        MemoryMarshal.Write(_bytes.AsSpan(_length), new nlattr { nla_len = (ushort)(header + value.Length), nla_type = type });
        value.CopyTo(_bytes.AsSpan(_length + header));
        _length += Align(header + value.Length);
        return this;
    }

    public NetlinkRequest Add<T>(ushort type, T value)
        where T : unmanaged => Add(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value)));

    public NetlinkRequest Add(ushort type, string value) => Add(type, System.Text.Encoding.ASCII.GetBytes(value + "\0"));

    /// <summary>An attribute that holds what <paramref name="inside"/> adds.</summary>
    public NetlinkRequest Nest(ushort type, Action<NetlinkRequest> inside)
    {
        int start = _length;
        _length += Unsafe.SizeOf<nlattr>();
        inside(this);
        MemoryMarshal.Write(_bytes.AsSpan(start), new nlattr { nla_len = (ushort)(_length - start), nla_type = type });
        return this;
    }

    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        nlmsghdr header = new()
        {
            nlmsg_len = (uint)_length,
            nlmsg_type = _type,
            nlmsg_flags = (ushort)(NLM_F_REQUEST | NLM_F_ACK | _flags),
            nlmsg_seq = sequence,
        };
        MemoryMarshal.Write(_bytes, header);
        return _bytes.AsSpan(0, _length);
    }

    public static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);
}
