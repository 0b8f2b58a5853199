using System.Globalization;

namespace Weir.Wire;

/// <summary>How the sockets of a host are told apart: not at all when there is one connection, by the ports where these suffice, otherwise by the addresses too.</summary>
internal sealed class SocketNames
{
    private readonly HashSet<SocketPair> _connections;
    private readonly HashSet<(int, int)> _ambiguous;

    /// <param name="seen">Every socket that is to be named.</param>
    public SocketNames(IEnumerable<SocketPair> seen)
    {
        _connections = [.. seen.Where(pair => !pair.IsListener)];
        _ambiguous = [.. _connections.GroupBy(Ports).Where(alike => alike.Count() > 1).Select(alike => alike.Key)];
    }

    /// <summary><c>send queue</c>, <c>send queue :40000–:80</c></summary>
    public string Of(string what, SocketPair pair)
    {
        if (pair.IsListener || _connections.Count < 2)
            return what;
        return _ambiguous.Contains(Ports(pair))
            ? $"{what} {pair.Local}–{pair.Remote}"
            : string.Create(CultureInfo.InvariantCulture, $"{what} :{pair.Local.Port}–:{pair.Remote.Port}");
    }

    private static (int Local, int Remote) Ports(SocketPair pair) => (pair.Local.Port, pair.Remote.Port);
}
