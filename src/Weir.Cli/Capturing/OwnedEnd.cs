using Weir.Inspect.Processes;

namespace Weir.Cli.Capturing;

/// <summary>What is known about one end of a flow.</summary>
/// <param name="Holder">Null when nobody was found.</param>
/// <param name="IsProvisional">It is the listener's holder, until the connection is accepted.</param>
/// <param name="IsOfCommand">The traced command has it.</param>
internal readonly record struct OwnedEnd(SocketHolder? Holder, bool IsProvisional = false, bool IsOfCommand = false)
{
    public bool IsKnown => Holder is not null || IsOfCommand;

    public bool IsFinal => Holder is not null && !IsProvisional;
}
