using System.Net;
using System.Text;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Serving;

/// <summary>A command with which somebody can try a listener out, in words of socat.</summary>
internal static class TryCommand
{
    private const string SocatMeaning = ":,!\"'\\([{";
    private const string PlainInShell = "/.:-_@%+=,";

    public static string For(Listener listener) => For(listener.LocalAddress, listener.Scheme);

    public static string For(KernelAddress address, SocketScheme scheme)
    {
        if (address.IsUnix)
            return $"socat - {ForUnix(address, scheme)}";
        IPEndPoint endPoint = address.ToIPEndPoint();
        string protocol = scheme.IsUdp() ? "UDP" : "TCP";
        if (!address.IsIPv6)
            return $"socat - {protocol}4:{Reachable(endPoint.Address, IPAddress.Any, IPAddress.Loopback)}:{endPoint.Port}";
        return $"socat - {protocol}6:[{Reachable(endPoint.Address, IPAddress.IPv6Any, IPAddress.IPv6Loopback)}]:{endPoint.Port}";
    }

    private static string ForUnix(KernelAddress address, SocketScheme scheme)
    {
        string prefix = address.IsAbstract ? "ABSTRACT-" : "UNIX-";
        return scheme switch
        {
            // Without a path of its own the client could not be answered.
            SocketScheme.UnixGram => Word($"{prefix}SENDTO:", address.UnixNameBytes, ",bind=/tmp/try.sock"),
            SocketScheme.UnixPacket => Word($"{prefix}CONNECT:", address.UnixNameBytes, $",socktype={SOCK_SEQPACKET}"),
            _ => Word($"{prefix}CONNECT:", address.UnixNameBytes, options: ""),
        };
    }

    // In socat's words some characters of a name have a meaning of their own, and some have one for the shell.
    private static string Word(string keyword, ReadOnlySpan<byte> name, string options)
    {
        var word = new StringBuilder(keyword);
        foreach (char character in Encoding.UTF8.GetString(name))
            word.Append(SocatMeaning.Contains(character) ? "\\" : "").Append(character);
        string text = word.Append(options).ToString();
        bool isPlain = text.All(character => char.IsAsciiLetterOrDigit(character) || PlainInShell.Contains(character));
        return isPlain ? text : $"'{word.Replace("'", @"'\''")}'";
    }

    private static IPAddress Reachable(IPAddress address, IPAddress every, IPAddress loopback) =>
        address.Equals(every) ? loopback : address;
}
