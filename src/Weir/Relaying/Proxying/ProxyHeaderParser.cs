using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Linux;
using Weir.Sockets;

namespace Weir;

internal enum ProxyHeaderOutcome
{
    /// <summary>The bytes may become a header.</summary>
    Incomplete,
    Complete,

    /// <summary>The bytes begin with something else.</summary>
    Missing,
    Malformed,
}

/// <summary>Reads a PROXY header of either version from the beginning of a stream.</summary>
internal static class ProxyHeaderParser
{
    private const int IPv4Bytes = 12;
    private const int IPv6Bytes = 36;

    /// <param name="bytes">What has come so far.</param>
    /// <param name="header">What it says, when complete.</param>
    /// <param name="lengthBytes">How many of the bytes are the header's, when complete.</param>
    /// <param name="problem">What is wrong, when it is missing or malformed.</param>
    public static ProxyHeaderOutcome Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header, out int lengthBytes, out string problem)
    {
        (header, lengthBytes, problem) = (default, 0, "");
        if (BeginsLike(bytes, ProxyHeader.V2Signature))
            return ParseV2(bytes, ref header, ref lengthBytes, ref problem);
        if (BeginsLike(bytes, ProxyHeader.V1Beginning))
            return ParseV1(bytes, ref header, ref lengthBytes, ref problem);
        problem = "the PROXY header is missing";
        return ProxyHeaderOutcome.Missing;
    }

    private static bool BeginsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected)
    {
        int count = Math.Min(bytes.Length, expected.Length);
        return bytes[..count].SequenceEqual(expected[..count]);
    }

    private static ProxyHeaderOutcome ParseV1(ReadOnlySpan<byte> bytes, ref ProxyHeader header, ref int lengthBytes, ref string problem)
    {
        ReadOnlySpan<byte> window = bytes[..Math.Min(bytes.Length, ProxyHeader.MaxV1Bytes)];
        int end = window.IndexOf((byte)'\n');
        if (end < 0)
        {
            problem = $"no line end within {ProxyHeader.MaxV1Bytes} bytes";
            return window.Length < ProxyHeader.MaxV1Bytes ? ProxyHeaderOutcome.Incomplete : ProxyHeaderOutcome.Malformed;
        }

        problem = "the line is not 'PROXY TCP4|TCP6 source destination port port' or 'PROXY UNKNOWN', with CR LF";
        if (window[end - 1] != '\r' || !TryParseLine(window[ProxyHeader.V1Beginning.Length..(end - 1)], ref header))
            return ProxyHeaderOutcome.Malformed;
        lengthBytes = end + 1;
        return ProxyHeaderOutcome.Complete;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, ref ProxyHeader header)
    {
        if (line.SequenceEqual("UNKNOWN"u8) || line.StartsWith("UNKNOWN "u8))
            return true;
        string[] words = Encoding.Latin1.GetString(line).Split(' ');
        AddressFamily family = words[0] switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        if (words.Length != 5
            || !TryParseAddress(words[1], family, out IPAddress source) || !TryParsePort(words[3], out int sourcePort)
            || !TryParseAddress(words[2], family, out IPAddress destination) || !TryParsePort(words[4], out int destinationPort))
            return false;
        header = new ProxyHeader(KernelAddress.FromIPAddress(source, sourcePort), KernelAddress.FromIPAddress(destination, destinationPort));
        return true;
    }

    // .NET also reads 1 and 010.0.0.1 as IPv4 addresses, and scopes and brackets as parts of IPv6 ones.
    private static bool TryParseAddress(string text, AddressFamily family, out IPAddress address)
    {
        bool isParsed = IPAddress.TryParse(text, out IPAddress? parsed) && parsed.AddressFamily == family;
        address = parsed ?? IPAddress.None;
        return isParsed && (family == AddressFamily.InterNetwork
            ? parsed!.ToString() == text
            : text.All(character => char.IsAsciiHexDigit(character) || character is ':' or '.'));
    }

    private static bool TryParsePort(string text, out int port)
    {
        byte[] digits = Encoding.Latin1.GetBytes(text);
        return Utf8Parser.TryParse(digits, out port, out int consumed) && consumed == digits.Length && char.IsAsciiDigit(text[0])
            && port <= ushort.MaxValue && (text[0] != '0' || text.Length == 1);
    }

    private static ProxyHeaderOutcome ParseV2(ReadOnlySpan<byte> bytes, ref ProxyHeader header, ref int lengthBytes, ref string problem)
    {
        const int Fixed = ProxyHeader.V2FixedBytes;
        if (bytes.Length < Fixed)
            return ProxyHeaderOutcome.Incomplete;
        (int version, int command, int family) = (bytes[12] & 0xF0, bytes[12] & 0x0F, bytes[13]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        problem = Check(version, command, family, length);
        if (problem.Length > 0)
            return ProxyHeaderOutcome.Malformed;
        if (bytes.Length < Fixed + length)
            return ProxyHeaderOutcome.Incomplete;
        // What follows the addresses is for those who understand it.
        if (command == ProxyHeader.Proxied)
            header = ReadAddresses(bytes[Fixed..], family);
        lengthBytes = Fixed + length;
        return ProxyHeaderOutcome.Complete;
    }

    private static string Check(int version, int command, int family, int length)
    {
        if (version != ProxyHeader.Version2)
            return $"version {version >> 4} is unknown";
        if (command > ProxyHeader.Proxied)
            return $"command {command} is unknown";
        if (length > ProxyHeader.MaxV2Bytes - ProxyHeader.V2FixedBytes)
            return $"{length} bytes are more than are taken";
        int needed = AddressBytes(family);
        // The family of a proxy's own connection is nobody's business.
        if (command == ProxyHeader.Local)
            return "";
        return needed < 0 ? $"family 0x{family:x2} is unknown" : length < needed ? $"{length} bytes are too few for family 0x{family:x2}" : "";
    }

    private static int AddressBytes(int family) => family switch
    {
        0x00 => 0,
        0x11 or 0x12 => IPv4Bytes,
        0x21 or 0x22 => IPv6Bytes,
        0x31 or 0x32 => 2 * ProxyHeader.UnixNameBytes,
        _ => -1,
    };

    private static ProxyHeader ReadAddresses(ReadOnlySpan<byte> bytes, int family) => AddressBytes(family) switch
    {
        IPv4Bytes => new ProxyHeader(ReadIP(bytes, at: 0, size: 4, portAt: 8), ReadIP(bytes, at: 4, size: 4, portAt: 10)),
        IPv6Bytes => new ProxyHeader(ReadIP(bytes, at: 0, size: 16, portAt: 32), ReadIP(bytes, at: 16, size: 16, portAt: 34)),
        0 => default,
        _ => new ProxyHeader(
            ReadUnix(bytes[..ProxyHeader.UnixNameBytes]),
            ReadUnix(bytes.Slice(ProxyHeader.UnixNameBytes, ProxyHeader.UnixNameBytes))),
    };

    private static KernelAddress ReadIP(ReadOnlySpan<byte> bytes, int at, int size, int portAt) =>
        KernelAddress.FromIPAddress(new IPAddress(bytes.Slice(at, size)), BinaryPrimitives.ReadUInt16BigEndian(bytes[portAt..]));

    // Padded with NULs; an abstract name begins with one.
    private static KernelAddress ReadUnix(ReadOnlySpan<byte> field)
    {
        ReadOnlySpan<byte> name = field.TrimEnd((byte)0);
        if (name.IsEmpty)
            return KernelAddress.FromBytes([(byte)Uapi.AF_UNIX, 0]);
        if (name[0] == 0)
            return KernelAddress.FromAbstractName(name[1..]);
        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        return KernelAddress.FromUnixPath(name[..Math.Min(name.Length, KernelAddress.MaxUnixNameBytes)]);
    }
}
