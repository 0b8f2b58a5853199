using System.Runtime.InteropServices;
using Weir.Linux;

namespace Weir.Sockets;

/// <summary>A group as group_req has it.</summary>
internal sealed class MulticastGroupCodec : OptionCodec<MulticastGroup>
{
    internal static readonly MulticastGroupCodec Instance = new();

    internal override int SizeBytes => Marshal.SizeOf<group_req>();

    internal override string Syntax => "a multicast address such as 239.1.2.3 or ff02::1@eth0, its interface after an @";

    internal override int Encode(MulticastGroup value, Span<byte> destination)
    {
        group_req request = new() { gr_interface = value.InterfaceIndex };
        value.Address.Bytes.CopyTo(MemoryMarshal.AsBytes(new Span<sockaddr_storage>(ref request.gr_group)));
        MemoryMarshal.Write(destination, in request);
        return SizeBytes;
    }

    internal override MulticastGroup Decode(ReadOnlySpan<byte> bytes)
    {
        group_req request = MemoryMarshal.Read<group_req>(bytes);
        ReadOnlySpan<byte> address = MemoryMarshal.AsBytes(new ReadOnlySpan<sockaddr_storage>(ref request.gr_group));
        return new MulticastGroup(KernelAddress.FromBytes(address), request.gr_interface);
    }

    internal override bool TryParse(ReadOnlySpan<char> text, out MulticastGroup value) => MulticastGroup.TryParse(text, out value);

    internal override string Format(MulticastGroup value) => value.ToString();
}
