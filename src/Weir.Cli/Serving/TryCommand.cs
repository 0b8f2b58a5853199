using System.Net;
using System.Text;
using Weir.Sockets;

namespace Weir.Cli.Serving;

/// <summary>A command with which somebody can try a listener out, in words of socat.</summary>
internal static class TryCommand
{
    private const string SocatMeaning = ":,!\"'\\([{";
    private const string PlainInShell = "/.:-_@%+=,";

    public static string For(Listener listener) => For(listener.LocalAddress);

    public static string For(KernelAddress address)
    {
        if (address.IsAbstract)
            return "socat - " + Word("ABSTRACT-CONNECT:", address.UnixNameBytes);
        if (address.IsUnix)
            return "socat - " + Word("UNIX-CONNECT:", address.UnixNameBytes);
        IPEndPoint endPoint = address.ToIPEndPoint();
        if (!address.IsIPv6)
            return $"socat - TCP4:{Reachable(endPoint.Address, IPAddress.Any, IPAddress.Loopback)}:{endPoint.Port}";
        return $"socat - TCP6:[{Reachable(endPoint.Address, IPAddress.IPv6Any, IPAddress.IPv6Loopback)}]:{endPoint.Port}";
    }

    // In socat's words some characters of a name have a meaning of their own, and some have one for the shell.
    private static string Word(string keyword, ReadOnlySpan<byte> name)
    {
        var word = new StringBuilder(keyword);
        foreach (char character in Encoding.UTF8.GetString(name))
            word.Append(SocatMeaning.Contains(character) ? "\\" : "").Append(character);
        bool isPlain = word.ToString().All(character => char.IsAsciiLetterOrDigit(character) || PlainInShell.Contains(character));
        return isPlain ? word.ToString() : $"'{word.Replace("'", @"'\''")}'";
    }

    private static IPAddress Reachable(IPAddress address, IPAddress every, IPAddress loopback) => address.Equals(every) ? loopback : address;
}
