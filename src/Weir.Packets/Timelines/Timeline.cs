using Weir.Packets.Dissection;

namespace Weir.Packets.Timelines;

/// <summary>What several participants did and sent each other, on one clock. <see cref="LadderText"/>, <see cref="LadderSvg"/> and <see cref="TimelineJson"/> show it.</summary>
public sealed class Timeline
{
    internal Timeline(string title, string[] participants, TimelineEvent[] events, long leftOut)
    {
        Title = title;
        Participants = participants;
        Events = events;
        LeftOut = leftOut;
        StartNs = events.Length > 0 ? events[0].TimeNs : 0;
        EndNs = events.Length > 0 ? events.Max(each => each.EndTimeNs) : 0;
    }

    public string Title { get; }

    /// <summary>Hosts or ends: <c>client</c>, <c>10.0.0.1:52144</c>. Events name them by index.</summary>
    public IReadOnlyList<string> Participants { get; }

    /// <summary>In the order of their beginnings.</summary>
    public IReadOnlyList<TimelineEvent> Events { get; }

    /// <summary>How many events there was no room for.</summary>
    public long LeftOut { get; }

    /// <summary>When the first event began.</summary>
    public long StartNs { get; }

    /// <summary>When the last event had ended.</summary>
    public long EndNs { get; }

    /// <summary>A timeline of the TCP segments among captured packets, judged; each end of a stream is a participant.</summary>
    /// <param name="packets">In the order of the capture.</param>
    /// <param name="title">What the drawings are called.</param>
    public static Timeline FromPackets(IEnumerable<Packet> packets, string title = "") => PacketTimeline.From(packets, title);

    /// <summary>
    /// A timeline of segments that were captured at both of their ends, on one clock: it shows how long each was on its way, and which did not arrive.
    /// </summary>
    /// <param name="one">What was captured at one end.</param>
    /// <param name="other">What was captured at the other.</param>
    /// <param name="title">What the drawings are called.</param>
    public static Timeline FromBothEnds(IEnumerable<Packet> one, IEnumerable<Packet> other, string title = "") =>
        PacketTimeline.FromBothEnds(one, other, title);
}
