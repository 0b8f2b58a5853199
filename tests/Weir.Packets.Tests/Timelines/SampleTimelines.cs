using Weir.Linux;
using Weir.Packets.Analysis;
using Weir.Packets.Timelines;

namespace Weir.Packets.Tests.Timelines;

/// <summary>Timelines that were made up, with an event of every kind.</summary>
internal static class SampleTimelines
{
    private const long Us = 1_000;
    private const long Ms = 1_000_000;

    /// <summary>A request whose segment is lost, with the names that a hostile peer would choose.</summary>
    public static Timeline Request(string client = "client", string server = "server", string title = "A lost request")
    {
        var builder = new TimelineBuilder { Title = title };
        int here = builder.Participant(client);
        int there = builder.Participant(server);
        builder.Add(new CallEvent { TimeNs = 0, EndNs = 20 * Ms + (60 * Us), Participant = here, Name = "connect", Arguments = "10.0.0.2:80", Result = 0 });
        builder.Add(new StateEvent { TimeNs = 10 * Us, Participant = here, From = "CLOSE", To = "SYN_SENT" });
        builder.Add(new SegmentEvent { TimeNs = 20 * Us, ReceivedNs = 10 * Ms, From = here, To = there, Summary = "SYN seq=0", Sequence = 0 });
        builder.Add(new SegmentEvent { TimeNs = 10 * Ms + (30 * Us), ReceivedNs = 20 * Ms + (30 * Us), From = there, To = here, Summary = "SYN ACK seq=0 ack=1" });
        builder.Add(new SegmentEvent { TimeNs = 21 * Ms, From = here, To = there, Summary = "seq=1 len=17 ack=1", Fate = SegmentFate.Lost });
        builder.Add(new CallEvent { TimeNs = 22 * Ms, EndNs = 22 * Ms + (10 * Us), Participant = here, Name = "recv", Arguments = "4096 B", Errno = Errno.EAGAIN });
        builder.Add(new QueueEvent { TimeNs = 100 * Ms, Participant = here, Queue = "send queue", DepthBytes = 17 });
        builder.Add(new CounterEvent { TimeNs = 230 * Ms, Participant = here, Counter = "TcpRetransSegs", Delta = 1 });
        builder.Add(new SegmentEvent
        {
            TimeNs = 231 * Ms,
            ReceivedNs = 241 * Ms,
            From = here,
            To = there,
            Summary = "seq=1 len=17 ack=1",
            Sequence = 1,
            LengthBytes = 17,
            Acknowledgment = 1,
            Findings = SegmentFindings.Retransmission,
            Remark = "retransmission",
        });
        builder.Add(new NoteEvent { TimeNs = 250 * Ms, Text = "the end" });
        builder.Add(new CallEvent { TimeNs = 251 * Ms, Participant = there, Name = "recv", Arguments = "4096 B" });
        return builder.Build();
    }

    /// <summary>Anything, between several participants.</summary>
    public static Timeline Arbitrary(Random random, int participants, int events)
    {
        var builder = new TimelineBuilder { Title = "anything" };
        for (int index = 0; index < participants; index++)
            builder.Participant($"host {index}");
        long now = 0;
        for (int count = 0; count < events; count++)
        {
            now += random.Next(4) switch { 0 => 0, 1 => random.Next(100_000), 2 => random.Next(20_000_000), _ => random.Next(2) * 300_000_000L };
            builder.Add(Arbitrary(random, participants, now));
        }

        return builder.Build();
    }

    private static TimelineEvent Arbitrary(Random random, int participants, long now)
    {
        int one = random.Next(participants);
        int other = (one + random.Next(1, participants)) % participants;
        return random.Next(8) switch
        {
            0 => new CallEvent { TimeNs = now, EndNs = now + random.Next(50_000_000), Participant = one, Name = "recv", Arguments = "fd 3, 4096 B", Result = random.Next(4096) },
            1 => new StateEvent { TimeNs = now, Participant = one, To = "ESTABLISHED" },
            2 => new QueueEvent { TimeNs = now, Participant = one, Queue = "receive queue", DepthBytes = random.Next(100_000) },
            3 => new NoteEvent { TimeNs = now, Participant = random.Next(2) == 0 ? null : one, Text = "a remark" },
            _ => new SegmentEvent
            {
                TimeNs = now,
                ReceivedNs = random.Next(5) == 0 ? null : now + random.Next(1, 40_000_000),
                From = one,
                To = other,
                Summary = $"seq={random.Next(100_000)} len={random.Next(1448)} ack=1",
                Fate = random.Next(8) == 0 ? SegmentFate.Lost : SegmentFate.Arrived,
                Remark = random.Next(4) == 0 ? "duplicate ack #2" : "",
            },
        };
    }
}
