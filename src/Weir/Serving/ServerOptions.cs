using Weir.Sockets;

namespace Weir;

/// <summary>What a server listens on, and its limits.</summary>
public sealed record ServerOptions
{
    /// <summary>Any scheme that has a handler, or an inherited descriptor that listens or receives datagrams (fd). At least one.</summary>
    public required IReadOnlyList<SocketUrl> Urls { get; init; }

    /// <summary>The loops to serve on; null for the process's own.</summary>
    public LoopGroup? Loops { get; init; }

    public ListenerOptions Listener { get; init; } = ListenerOptions.Default;

    /// <summary>Connections that are open at once. More wait in the kernel's queue until one closes.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>
    /// For restarts without a gap: a path of a unix socket, at most 107 bytes, where this server takes the listeners of the process that
    /// serves the same URLs (compared as text) and then offers its own to the next one. Only the same user and root may.
    /// See <see cref="Server.HandedOver"/>.
    /// </summary>
    public string? HandoverPath { get; init; }

    /// <summary>What the limit is due to, when nobody asked for it.</summary>
    internal string LimitAdvice { get; init; } = "";

    /// <summary>Whether connections go on reading while the server drains: a relay's end when both of its sides have ended.</summary>
    internal bool ReadsWhileDraining { get; init; }

    /// <summary>
    /// Called when everything is listened on and nobody is served yet: what it throws fails the start, and sockets that were taken from the
    /// process before stay that one's.
    /// </summary>
    internal Func<IReadOnlyList<Listener>, CancellationToken, Task>? BeforeServing { get; init; }

    /// <summary>Called when the time of a drain is over, before what is left is reset.</summary>
    internal Action? OnReset { get; init; }

    /// <summary>Gets what an operator should know. Called on loops: it must neither block nor throw.</summary>
    public Action<ServerEvent>? OnEvent { get; init; }

    internal void ThrowIfInvalid(string parameter)
    {
        Listener.Connection.ThrowIfInvalid(parameter);
        Listener.Messages.ThrowIfInvalid(parameter);
        Listener.Datagrams.ThrowIfInvalid(parameter);
        if (MaxConnections < 1)
            throw new ArgumentException("MaxConnections has to be 1 or more.", parameter);
    }
}
