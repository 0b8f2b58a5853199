using Weir.Inspect.Processes;

namespace Weir.Cli.Capturing;

/// <summary>What is known about one end of a flow.</summary>
/// <param name="Holder">Null when nobody was found.</param>
/// <param name="IsProvisional">It is the listener's holder, until the connection is accepted.</param>
internal readonly record struct OwnedEnd(SocketHolder? Holder, bool IsProvisional = false)
{
    /// <summary>The traced command has it, or had it.</summary>
    public bool IsOfCommand => Cookies.First != 0;

    /// <summary>Of a traced command's: the sockets that began the flow and had its last packet.</summary>
    public (ulong First, ulong Last) Cookies { get; init; }

    /// <summary>Of a traced command's: packets that were captured before (in ns since 1970) are not its.</summary>
    public long StartNs { get; init; }

    /// <summary>Nor are those that were captured after this.</summary>
    public long EndNs { get; init; }

    public bool IsKnown => Holder is not null || IsOfCommand;

    public bool IsFinal => Holder is not null && !IsProvisional;
}
