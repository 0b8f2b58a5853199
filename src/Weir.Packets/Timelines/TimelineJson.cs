using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Linux;
using Weir.Packets.Analysis;

namespace Weir.Packets.Timelines;

/// <summary>
/// A timeline as JSON: an object with <c>title</c>, <c>participants</c> (names), <c>startNs</c> (the clock at the first event), <c>durationNs</c>,
/// <c>leftOut</c> (events there was no room for) and <c>events</c>, in the order of their beginnings. Keys that are not known are absent.
/// <para>
/// Every event has <c>kind</c> and <c>atNs</c>, nanoseconds after <c>startNs</c>. By kind:
/// <c>call</c>: participant, thread, name, arguments, result, errno (a name), blockedNs.
/// <c>segment</c>: from, to, summary, flags (<c>["syn","ack"]</c>), sequence and acknowledgment (counted from the stream's beginning), lengthBytes,
/// delayNs (until it arrived), fate (<see cref="SegmentFate"/>), findings (<see cref="SegmentFindings"/>), remark.
/// <c>state</c>: participant, before, after. <c>queue</c>: participant, name, depthBytes. <c>counter</c>: participant, name, delta.
/// <c>note</c>: participant, text. Participants are named by their index.
/// </para>
/// </summary>
public static class TimelineJson
{
    /// <summary>One line.</summary>
    public static string Serialize(Timeline timeline)
    {
        ArgumentNullException.ThrowIfNull(timeline);
        var document = new TimelineDocument(
            timeline.Title,
            timeline.Participants,
            timeline.StartNs,
            timeline.EndNs - timeline.StartNs,
            timeline.LeftOut,
            [.. timeline.Events.Select(each => Line(each, timeline.StartNs))]);
        return JsonSerializer.Serialize(document, TimelineJsonContext.Default.TimelineDocument);
    }

    private static EventLine Line(TimelineEvent happening, long startNs)
    {
        long at = happening.TimeNs - startNs;
        return happening switch
        {
            CallEvent call => new EventLine("call", at)
            {
                Participant = call.Participant,
                Thread = call.Thread.Length > 0 ? call.Thread : null,
                Name = call.Name,
                Arguments = call.Arguments,
                Result = call.Result,
                Errno = call.Errno == Errno.None ? null : call.ErrnoName,
                BlockedNs = call.EndNs - call.TimeNs,
            },
            SegmentEvent segment => Line(segment, at),
            StateEvent state => new EventLine("state", at) { Participant = state.Participant, Before = state.From, After = state.To },
            QueueEvent queue => new EventLine("queue", at) { Participant = queue.Participant, Name = queue.Queue, DepthBytes = queue.DepthBytes },
            CounterEvent counter => new EventLine("counter", at) { Participant = counter.Participant, Name = counter.Counter, Delta = counter.Delta },
            NoteEvent note => new EventLine("note", at) { Participant = note.Participant, Text = note.Text },
            _ => throw new ArgumentException($"no JSON for {happening.GetType().Name}", nameof(happening)),
        };
    }

    private static EventLine Line(SegmentEvent segment, long at) => new("segment", at)
    {
        From = segment.From,
        To = segment.To,
        Summary = segment.Summary,
        Flags = [.. JsonNames.OfFlags(segment.Flags)],
        Sequence = segment.Sequence,
        Acknowledgment = segment.Acknowledgment,
        LengthBytes = segment.LengthBytes,
        DelayNs = segment.ReceivedNs - segment.TimeNs,
        Fate = JsonNames.Of(segment.Fate),
        Findings = segment.Findings == SegmentFindings.None ? null : [.. JsonNames.OfFlags(segment.Findings)],
        Remark = segment.Remark.Length > 0 ? segment.Remark : null,
    };
}

internal sealed record TimelineDocument(
    string Title, IReadOnlyList<string> Participants, long StartNs, long DurationNs, long LeftOut, EventLine[] Events);

internal sealed record EventLine(string Kind, long AtNs)
{
    public int? Participant { get; init; }

    public int? From { get; init; }

    public int? To { get; init; }

    public string? Thread { get; init; }

    public string? Name { get; init; }

    public string? Arguments { get; init; }

    public long? Result { get; init; }

    public string? Errno { get; init; }

    public long? BlockedNs { get; init; }

    public string? Summary { get; init; }

    public string[]? Flags { get; init; }

    public long? Sequence { get; init; }

    public long? Acknowledgment { get; init; }

    public int? LengthBytes { get; init; }

    public long? DelayNs { get; init; }

    public string? Fate { get; init; }

    public string[]? Findings { get; init; }

    public string? Before { get; init; }

    public string? After { get; init; }

    public long? DepthBytes { get; init; }

    public long? Delta { get; init; }

    public string? Text { get; init; }

    public string? Remark { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TimelineDocument))]
internal sealed partial class TimelineJsonContext : JsonSerializerContext;
