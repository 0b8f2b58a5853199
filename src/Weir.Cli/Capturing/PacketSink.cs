using Weir.Packets;
using Weir.Packets.Dissection;

namespace Weir.Cli.Capturing;

/// <summary>A sink that looks into frames. The owner rides along as the frame's comment, as it does in files.</summary>
internal abstract class PacketSink : ICaptureSink
{
    public void Take(in FrameView frame, FlowOwner owner)
    {
        CapturedFrame copy = frame.ToFrame();
        Take(Packet.Dissect(owner.IsKnown ? copy with { Comment = owner.Text } : copy), owner);
    }

    public virtual void Flush()
    {
    }

    public virtual void End()
    {
    }

    public virtual void Dispose()
    {
    }

    protected abstract void Take(Packet packet, FlowOwner owner);
}
