using System.Text;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>A file: as the origin its content is sent once, as a destination each connection appends to it. Nothing comes back.</summary>
internal sealed class FileDestination(string path, RelaySide side, ConnectionOptions options, ServerNotices notices) : IRelayDestination
{
    // Less the umask, as for every file that a program creates.
    private const uint Mode = 0x1b6;

    public async Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        // A slow disk, or a FIFO without a peer, holds whoever opens it.
        SysResult opened = await Task.Run(Open).ConfigureAwait(false);
        if (!opened.IsOk)
            throw new SocketCallException("open", opened.Errno, path);
        var file = new SafeFd(opened.Value);
        DescriptorBridge bridge = side == RelaySide.From
            ? DescriptorBridge.Start(file, sink: null, loop, options)
            : DescriptorBridge.Start(source: null, file, loop, options);
        return new BridgedEnd(bridge, path, notices);
    }

    private SysResult Open()
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        return side == RelaySide.From ? Sys.Open(name, O_RDONLY | O_CLOEXEC) : Sys.Open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, Mode);
    }
}
