using Weir.Linux;
using Weir.Loops;

namespace Weir;

/// <summary>Standard input and output as an end. There is one of them, so it serves one connection.</summary>
internal sealed class StandardStreams(ConnectionOptions options, ServerNotices notices) : IRelayDestination
{
    private const int Input = 0;
    private const int Output = 1;

    public Task<RelayEnd?> OpenAsync(RelayPair pair, EventLoop loop)
    {
        DescriptorBridge bridge = DescriptorBridge.Start(
            new SafeFd(Input, ownsHandle: false), new SafeFd(Output, ownsHandle: false), loop, options);
        return Task.FromResult<RelayEnd?>(new BridgedEnd(bridge, "standard streams", notices));
    }
}
