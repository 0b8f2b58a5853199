using System.Runtime.InteropServices;
using Weir.Linux;

namespace Weir.Sockets;

/// <summary>struct ucred, which the kernel only ever gives: there is text to read by people and none to parse.</summary>
internal sealed class CredentialsCodec : OptionCodec<ProcessCredentials>
{
    internal static readonly CredentialsCodec Instance = new();

    internal override int SizeBytes => Marshal.SizeOf<ucred>();

    internal override string Syntax => "nothing, the kernel fills it in";

    internal override int Encode(ProcessCredentials value, Span<byte> destination)
    {
        MemoryMarshal.Write(destination, value.ToKernel());
        return SizeBytes;
    }

    internal override ProcessCredentials Decode(ReadOnlySpan<byte> bytes) =>
        ProcessCredentials.FromKernel(MemoryMarshal.Read<ucred>(bytes));

    internal override bool TryParse(ReadOnlySpan<char> text, out ProcessCredentials value)
    {
        value = default;
        return false;
    }

    internal override string Format(ProcessCredentials value) => $"pid={value.ProcessId} uid={value.UserId} gid={value.GroupId}";
}
