using System.Text;
using Weir.Linux;
using Weir.Loops;
using Weir.Sockets;
using static Weir.Linux.Uapi;

namespace Weir;

/// <summary>A file: as the origin its content is sent once, as a destination each connection appends to it. Nothing comes back.</summary>
internal sealed class FileDestination(string path, RelaySide side, RelayOptions options, ConnectionOptions connection, ServerNotices notices)
    : IRelayDestination
{
    // Less the umask, as for every file that a program creates.
    private const uint Mode = 0x1b6;

    private static readonly TimeSpan s_pauseWithoutReader = TimeSpan.FromMilliseconds(50);

    public async Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        SysResult opened = side == RelaySide.From
            ? await OnItsThread(() => Open(O_RDONLY)).ConfigureAwait(false)
            : await OpenToAppendAsync().ConfigureAwait(false);
        if (!opened.IsOk)
            throw new SocketCallException("open", opened.Errno, path);
        var file = new SafeFd(opened.Value);
        DescriptorBridge bridge = side == RelaySide.From
            ? DescriptorBridge.Start(file, sink: null, loop, connection)
            : DescriptorBridge.Start(source: null, file, loop, connection);
        return new BridgedEnd(bridge, path, notices);
    }

    // A FIFO that nobody reads would hold a thread for each client, so it is asked again for a while (fifo(7), ENXIO).
    private async Task<SysResult> OpenToAppendAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            SysResult opened = await Task.Run(() => Open(O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK)).ConfigureAwait(false);
            bool waits = options.ConnectTimeout == Timeout.InfiniteTimeSpan || TimeProvider.System.GetElapsedTime(start) < options.ConnectTimeout;
            if (opened.IsOk || opened.Errno is not Errno.ENXIO || !waits)
                return opened;
            await Task.Delay(s_pauseWithoutReader).ConfigureAwait(false);
        }
    }

    // A FIFO that nobody writes to holds whoever opens it.
    private static Task<SysResult> OnItsThread(Func<SysResult> open) => Task.Factory.StartNew(
        open, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    private SysResult Open(int flags) => Sys.Open(Encoding.UTF8.GetBytes(path), flags | O_CLOEXEC, Mode);
}
