namespace Weir.Sockets;

/// <summary>Whether an option can be asked for, set, or both.</summary>
[Flags]
public enum SocketOptionAccess
{
    None = 0,
    Read = 1,
    Write = 2,
    ReadWrite = Read | Write,
}

/// <summary>The last moment of a socket's life at which setting an option has an effect.</summary>
public enum SocketOptionDeadline
{
    /// <summary>The option is read only.</summary>
    Never,

    /// <summary>Only before bind(2).</summary>
    Bind,

    /// <summary>Only before listen(2).</summary>
    Listen,

    /// <summary>Only before connect(2).</summary>
    Connect,

    /// <summary>At any time.</summary>
    Close,
}
