using System.Text;
using Weir.Inspect.Processes;

namespace Weir.Cli.Capturing;

/// <summary>Whose packets those of a flow are, at the ends that are on this machine.</summary>
internal sealed class FlowOwner(SocketHolder? sender, SocketHolder? receiver)
{
    public static readonly FlowOwner Unknown = new(sender: null, receiver: null);

    private byte[]? _utf8;

    public SocketHolder? Sender => sender;

    public SocketHolder? Receiver => receiver;

    public bool IsKnown => sender is not null || receiver is not null;

    /// <summary>Whether an end is the traced command's.</summary>
    public bool IsOfCommand { get; init; }

    public FlowOwner Reversed => new(receiver, sender) { IsOfCommand = IsOfCommand };

    /// <summary><c>curl[4711] → nginx[80]</c>, with a dash for who is elsewhere or not to be seen; empty when nobody is known.</summary>
    public string Text { get; } = (sender, receiver) is (null, null) ? "" : $"{sender?.ToString() ?? "-"} → {receiver?.ToString() ?? "-"}";

    /// <summary>The same, for files.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8 ??= Encoding.UTF8.GetBytes(Text);

    public bool Any(Func<SocketHolder, bool> predicate) => (sender is not null && predicate(sender)) || (receiver is not null && predicate(receiver));
}
