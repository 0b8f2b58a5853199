using System.Net.Sockets;
using System.Runtime.InteropServices;
using Weir.Linux;
using Xunit;

namespace Weir.Sockets.Tests.Errors;

public sealed class ErrnoMappingTests
{
    // .NET closes sockets to cancel what they do, and takes EBADF for that; ours says that there is no socket. It has no name for ENOMEM.
    private static readonly Dictionary<Errno, SocketError> s_ourOwn = new()
    {
        [Errno.EBADF] = SocketError.NotSocket,
        [Errno.ENOMEM] = SocketError.NoBufferSpaceAvailable,
    };

    [Fact]
    public void SocketErrorCode_IsWhatDotnetsOwnSocketsSay()
    {
        var errnos = Enum.GetValues<Errno>().Where(errno => errno != Errno.None).Distinct().ToList();

        Assert.Equal(
            errnos.Select(errno => (errno, s_ourOwn.TryGetValue(errno, out SocketError own) ? own : DotnetsName(errno))),
            errnos.Select(errno => (errno, new SocketCallException("bind", errno).SocketErrorCode)));
    }

    private static SocketError DotnetsName(Errno errno)
    {
        Marshal.SetLastPInvokeError((int)errno);
        return new SocketException().SocketErrorCode;
    }
}
