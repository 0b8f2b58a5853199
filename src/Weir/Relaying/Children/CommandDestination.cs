using Weir.Loops;

namespace Weir;

/// <summary>A command, started anew for each connection.</summary>
internal sealed class CommandDestination(RelayEndpoint endpoint, RelayOptions options, ConnectionOptions connection) : IRelayDestination
{
    // End of input twice (termios(3), VEOF): the first hands over a line that is not whole.
    private static readonly byte[] s_endOfInput = [4, 4];

    public async Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        // Starting a process takes milliseconds, which no loop has.
        ChildProcess child = await Task.Run(() => ChildProcess.Start(endpoint.Argument!, options.UsesTerminal)).ConfigureAwait(false);
        try
        {
            DescriptorBridge bridge = DescriptorBridge.Start(
                child.Output, child.Input, loop, connection, options.UsesTerminal ? s_endOfInput : default(ReadOnlyMemory<byte>));
            return new ChildEnd(child, bridge, options.ChildTimeout, OnEnded);
        }
        catch
        {
            child.Hurry();
            await child.EndAsync(options.ChildTimeout).ConfigureAwait(false);
            throw;
        }
    }

    private void OnEnded(ChildProcess child) => options.OnEvent?.Invoke(new ServerEvent(
        child.ExitStatus == 0 ? ServerEventKind.ChildEnded : ServerEventKind.ChildFailed, $"{endpoint}: {child.DescribeEnd()}"));
}
