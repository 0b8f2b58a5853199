using Weir.Inspect.Processes;
using Weir.Wire;

namespace Weir.Cli.Capturing;

/// <summary>Whose packets are wanted: everybody's, those of a process by name or number, or a command's. In a network of its own everything is the command's.</summary>
internal sealed class CaptureSelection(CaptureSettings settings, bool isTraced)
{
    // The kernel keeps so much of a program's name (TASK_COMM_LEN).
    private const int NameLength = 15;

    private readonly string? _name = settings.ProcessName is { Length: > NameLength } name ? name[..NameLength] : settings.ProcessName;
    private readonly Descendants _descendants = new();

    private readonly bool _wantsAll = !settings.SelectsByOwner && settings.Command.Count == 0;

    public bool Wants(FlowOwner owner) =>
        _wantsAll || ((!settings.SelectsByOwner || owner.Any(IsNamed)) && (settings.Command.Count == 0 || IsOfCommand(owner)));

    private bool IsOfCommand(FlowOwner owner) =>
        Namespaces.IsReexecuted || (isTraced ? owner.IsOfCommand : owner.Any(holder => _descendants.Contain(holder.ProcessId)));

    private bool IsNamed(SocketHolder holder) =>
        (settings.ProcessId is null || settings.ProcessId == holder.ProcessId)
        && (_name is null || string.Equals(_name, holder.Name, StringComparison.Ordinal));
}
