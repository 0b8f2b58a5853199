using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Wire.Netlink;

/// <summary>The kernel's acknowledgement of one request.</summary>
/// <param name="Sequence">Of the request.</param>
/// <param name="Error">None when it was done.</param>
/// <param name="Explanation">What the kernel says about the error (NETLINK_EXT_ACK); null when it says nothing.</param>
internal readonly record struct NetlinkReply(uint Sequence, Errno Error, string? Explanation)
{
    /// <summary>Reads one datagram; false when no acknowledgement is in it, or when it is cut off.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out NetlinkReply reply)
    {
        reply = default;
        int headerBytes = Unsafe.SizeOf<nlmsghdr>();
        while (datagram.Length >= headerBytes)
        {
            nlmsghdr header = MemoryMarshal.Read<nlmsghdr>(datagram);
            if (header.nlmsg_len < headerBytes || header.nlmsg_len > datagram.Length)
                return false;
            ReadOnlySpan<byte> message = datagram[..(int)header.nlmsg_len];
            if (header.nlmsg_type == NLMSG_ERROR && message.Length >= (2 * headerBytes) + sizeof(int))
            {
                int error = MemoryMarshal.Read<int>(message[headerBytes..]);
                reply = new NetlinkReply(header.nlmsg_seq, (Errno)(-error), Explain(header, message[(headerBytes + sizeof(int))..]));
                return true;
            }

            datagram = datagram[Math.Min(NetlinkRequest.Align(message.Length), datagram.Length)..];
        }

        return false;
    }

    // After the error number comes the request, whole or its header alone, and then attributes.
    private static string? Explain(nlmsghdr header, ReadOnlySpan<byte> rest)
    {
        if ((header.nlmsg_flags & NLM_F_ACK_TLVS) == 0)
            return null;
        uint request = MemoryMarshal.Read<nlmsghdr>(rest).nlmsg_len;
        int skip = (header.nlmsg_flags & NLM_F_CAPPED) != 0 ? Unsafe.SizeOf<nlmsghdr>() : NetlinkRequest.Align((int)Math.Min(request, (uint)rest.Length));
        rest = rest[Math.Min(skip, rest.Length)..];
        int attributeBytes = Unsafe.SizeOf<nlattr>();
        while (rest.Length >= attributeBytes)
        {
            nlattr attribute = MemoryMarshal.Read<nlattr>(rest);
            if (attribute.nla_len < attributeBytes || attribute.nla_len > rest.Length)
                return null;
            if (attribute.nla_type == NLMSGERR_ATTR_MSG)
                return Encoding.UTF8.GetString(rest[attributeBytes..attribute.nla_len]).TrimEnd('\0');
            rest = rest[Math.Min(NetlinkRequest.Align(attribute.nla_len), rest.Length)..];
        }

        return null;
    }
}
