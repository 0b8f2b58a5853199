namespace Weir.Packets.Timelines.Drawing;

/// <summary>What stands beside a lifeline.</summary>
internal static class EventText
{
    /// <summary>For the beginning of an event that is no segment.</summary>
    /// <param name="isBlocked">Its end is told elsewhere.</param>
    public static string Begin(TimelineEvent happening, bool isBlocked) => happening switch
    {
        CallEvent call => Thread(call) + (isBlocked ? call.Head : $"{call.Head} {call.Outcome}"),
        StateEvent state => state.To,
        QueueEvent queue => $"{queue.Queue} {queue.DepthBytes:N0} B",
        CounterEvent counter => $"{counter.Counter} {counter.Delta:+#,0;-#,0;0}",
        NoteEvent note => note.Text,
        _ => "",
    };

    /// <summary>For the return of a call that blocked: <c>recv = 17 after 10.2 ms</c>.</summary>
    public static string End(CallEvent call) =>
        $"{Thread(call)}{call.Name} {call.Outcome} after {DurationText.Describe(call.EndTimeNs - call.TimeNs)}";

    /// <summary>What is said about a segment beside its summary: what was found in it, and what became of it.</summary>
    public static string Remark(SegmentEvent segment)
    {
        string fate = segment.Fate switch
        {
            SegmentFate.Lost => "lost",
            SegmentFate.Held => "held",
            SegmentFate.Duplicated => "a copy",
            SegmentFate.Corrupted => "corrupted",
            _ => "",
        };
        // Whoever knows more has said it there: held for 30 ms.
        if (fate.Length > 0 && segment.Remark.Split(", ").Any(remark => remark == fate || remark.StartsWith(fate + " ", StringComparison.Ordinal)))
            return segment.Remark;
        return segment.Remark.Length > 0 && fate.Length > 0 ? $"{segment.Remark}, {fate}" : segment.Remark + fate;
    }

    public static int? Participant(TimelineEvent happening) => happening switch
    {
        CallEvent call => call.Participant,
        StateEvent state => state.Participant,
        QueueEvent queue => queue.Participant,
        CounterEvent counter => counter.Participant,
        NoteEvent note => note.Participant,
        _ => null,
    };

    /// <summary>Text of the network or of programs, with nothing in it that a terminal or a parser acts on, and not longer than there is room for.</summary>
    public static string Clean(string text, int maxLength)
    {
        if (text.Length > maxLength)
            text = maxLength < 1 ? "" : string.Concat(text.AsSpan(0, maxLength - 1), "…");
        for (int index = 0; index < text.Length; index++)
        {
            if (char.IsControl(text[index]) || char.IsSurrogate(text[index]) || IsDirection(text[index]))
                return string.Create(text.Length, text, static (span, from) =>
                {
                    for (int at = 0; at < span.Length; at++)
                        span[at] = char.IsControl(from[at]) || char.IsSurrogate(from[at]) || IsDirection(from[at]) ? '\uFFFD' : from[at];
                });
        }

        return text;
    }

    // Marks that turn the writing direction would move everything after them.
    private static bool IsDirection(char letter) => letter is '\u061C' or (>= '\u200E' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or (>= '\uFFFE');

    private static string Thread(CallEvent call) => call.Thread.Length == 0 ? "" : $"{call.Thread}: ";
}
