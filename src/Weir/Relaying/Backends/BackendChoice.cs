using Weir.Sockets;

namespace Weir;

/// <summary>In which order the backends are tried for a client.</summary>
internal sealed class BackendChoice(Backend[] backends, RelayBalance balance)
{
    private uint _turn;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>All of them: those that are up in the order of the balance, and then those that are down, one of which may be back.</summary>
    public Backend[] Order(in KernelAddress client)
    {
        if (backends.Length == 1)
            return backends;
        Backend[] order = balance switch
        {
            RelayBalance.Least => [.. Rotated().OrderBy(backend => backend.Connections)],
            RelayBalance.Random => Shuffled(),
            RelayBalance.Hash => ByHash(client),
            _ => Rotated(),
        };
        return order.All(backend => !backend.IsDown) ? order : [.. order.OrderBy(backend => backend.IsDown)];
    }

    private Backend[] Rotated()
    {
        int first = (int)((Interlocked.Increment(ref _turn) - 1) % (uint)backends.Length);
        return [.. backends[first..], .. backends[..first]];
    }

    private Backend[] Shuffled()
    {
        Backend[] order = [.. backends];
        Random.Shared.Shuffle(order);
        return order;
    }

    // An IPv4 client is the same one on a socket of both families (::ffff:192.0.2.1).
    private static ReadOnlySpan<byte> Unmapped(ReadOnlySpan<byte> address) =>
        address.StartsWith(MappedPrefix) ? address[MappedPrefix.Length..] : address;

    // The highest score wins; each backend's own score never changes, so the others' coming and going moves nobody else's clients.
    private Backend[] ByHash(in KernelAddress client)
    {
        ulong who = Hash.Of(client.IsIP ? Unmapped(client.AddressBytes) : client.UnixNameBytes);
        return [.. backends.OrderByDescending(backend => Hash.Mix(who, backend.Seed))];
    }
}
