using Weir.Sockets;

namespace Weir.Wire;

/// <summary>A socket that a recording looks at again and again.</summary>
internal sealed class FollowedSocket
{
    /// <summary>As it was the last time; null when there was none.</summary>
    public SocketEntry? Entry { get; set; }

    /// <summary>How often there was none.</summary>
    public int InVain { get; set; }

    /// <summary>Until then it is not asked for.</summary>
    public long RestsUntilNs { get; set; }
}
