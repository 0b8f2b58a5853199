namespace Weir.Packets.Timelines.Drawing;

/// <summary>A terminal's ladder, row by row.</summary>
internal sealed class TextLadder
{
    private const int TimeWidth = 10;
    private const double NsPerMs = 1e6;
    private const int MaxTextLength = 200;
    private readonly TextWriter _writer;
    private readonly Timeline _timeline;
    private readonly LadderTextOptions _options;
    private readonly TextSymbols _symbols;
    private readonly LastingEvents _lasting;
    private readonly List<Moment> _moments;
    private readonly TextColumns _columns;
    private readonly TextRow _row;
    private readonly int[] _blocked;
    private readonly TimeScale _scale;

    public TextLadder(TextWriter writer, Timeline timeline, LadderTextOptions options)
    {
        _writer = writer;
        _timeline = timeline;
        _options = options;
        _symbols = options.UseAscii ? TextSymbols.Ascii : TextSymbols.Unicode;
        int maxEvents = Math.Max(options.MaxEvents, 0);
        _lasting = new LastingEvents(timeline.Events, maxEvents);
        _moments = Moment.From(timeline.Events, maxEvents, each => _lasting.IsBlocked(each) || _lasting.IsOvertaken(each) ? each.EndTimeNs : null);
        _columns = new TextColumns(timeline, _moments, _lasting, Math.Clamp(options.WidthColumns, 40, 1000), TimeWidth);
        _row = new TextRow(_columns.Width);
        _blocked = new int[timeline.Participants.Count];
        _scale = new TimeScale(TimeScale.UsualNs(timeline.Events, maxEvents), 1);
    }

    public void Write()
    {
        if (_timeline.Title.Length > 0)
            _writer.WriteLine(Clean(_timeline.Title, MaxTextLength));
        WriteNames();
        long before = _timeline.StartNs;
        foreach (Moment moment in _moments)
        {
            WriteIdle(moment.TimeNs - before);
            before = moment.TimeNs;
            WriteMoment(moment);
        }

        long leftOut = _timeline.LeftOut + Math.Max(_timeline.Events.Count - _options.MaxEvents, 0);
        if (leftOut > 0)
            _writer.WriteLine($"{leftOut:N0} later events are not drawn");
    }

    private void WriteNames()
    {
        _row.Clear();
        _row.Put(TimeWidth - 2, "ms", TextStyle.Faint);
        int[] lines = _columns.Lifelines;
        int free = TimeWidth + 1;
        for (int index = 0; index < lines.Length; index++)
        {
            int until = index + 1 < lines.Length ? lines[index + 1] - 1 : _columns.Width;
            string name = Clean(_timeline.Participants[index], Math.Max(until - free, 1));
            int start = Math.Clamp(lines[index] - (name.Length / 2), free, Math.Max(until - name.Length, free));
            _row.Put(start, name);
            free = start + name.Length + 1;
        }

        Flush();
    }

    private void WriteIdle(long stepNs)
    {
        if (!_scale.IsIdle(stepNs))
            return;
        _row.Clear();
        foreach (int line in _columns.Lifelines)
            _row.Put(line, _symbols.Idle, TextStyle.Faint);
        string length = Clean(DurationText.Describe(stepNs), TimeWidth);
        _row.Put(TimeWidth - length.Length, length, TextStyle.Faint);
        Flush();
    }

    private void WriteMoment(Moment moment)
    {
        Begin(moment.TimeNs);
        switch (moment.Event)
        {
            case SegmentEvent segment:
                string? below = new TextArrow(_row, _symbols, _columns.Lifelines[segment.From], _columns.Lifelines[segment.To])
                    .Draw(segment, Phase(moment));
                Flush();
                if (below is not null)
                    WriteBelow(segment, below);
                break;
            case NoteEvent { Participant: null } note:
                WriteAcross(note);
                break;
            default:
                WriteBeside(moment, EventText.Participant(moment.Event)!.Value);
                break;
        }
    }

    private ArrowPhase Phase(Moment moment) =>
        moment.IsEnd ? ArrowPhase.Arrival : _lasting.IsOvertaken(moment.Event) ? ArrowPhase.Departure : ArrowPhase.Whole;

    private void Begin(long timeNs)
    {
        DrawLifelines();
        string time = ((timeNs - _timeline.StartNs) / NsPerMs).ToString("0.000");
        _row.Put(Math.Max(TimeWidth - time.Length, 0), time, TextStyle.Faint);
    }

    private void DrawLifelines()
    {
        _row.Clear();
        for (int index = 0; index < _columns.Lifelines.Length; index++)
            _row.Put(_columns.Lifelines[index], _blocked[index] > 0 ? _symbols.Blocked : _symbols.Life);
    }

    private void WriteBelow(SegmentEvent segment, string text)
    {
        DrawLifelines();
        int left = Math.Min(_columns.Lifelines[segment.From], _columns.Lifelines[segment.To]);
        int room = Math.Abs(_columns.Lifelines[segment.From] - _columns.Lifelines[segment.To]) - 4;
        text = Clean(text, room);
        bool isRightward = segment.To > segment.From;
        _row.Put(isRightward ? left + 3 : left + 2 + room - text.Length, text, TextArrow.Style(segment));
        Flush();
    }

    private void WriteAcross(NoteEvent note)
    {
        string text = Clean(note.Text, Math.Max(_columns.Width - TimeWidth - 4, 10));
        int middle = (_columns.Lifelines.FirstOrDefault() + _columns.Lifelines.LastOrDefault()) / 2;
        int room = _columns.Width - text.Length - 2;
        _row.Put(Math.Clamp(middle - (text.Length / 2) - 1, TimeWidth + 1, Math.Max(room, TimeWidth + 1)), $" {text} ");
        Flush();
    }

    private void WriteBeside(Moment moment, int participant)
    {
        if (moment.IsEnd)
            _blocked[participant]--;
        bool isState = moment.Event is StateEvent;
        string text = (isState ? _symbols.State : "") + TextColumns.Text(moment, _lasting);
        TextStyle style = isState ? TextStyle.State : moment.Event is CallEvent ? TextStyle.Plain : TextStyle.Faint;
        int line = _columns.Lifelines[participant];
        if (participant == 0 && _columns.Lifelines.Length > 1)
        {
            text = Clean(text, _columns.LeftWidth - 1);
            _row.Put(line - 1 - text.Length, text, style);
        }
        else
        {
            int until = participant + 1 < _columns.Lifelines.Length ? _columns.Lifelines[participant + 1] : _columns.Width;
            _row.Put(line + 2, Clean(text, until - line - 2), style);
        }

        if (!moment.IsEnd && (_lasting.IsBlocked(moment.Event) || moment.Event is CallEvent { EndNs: null }))
            _blocked[participant]++;
        if (moment.Event is CallEvent)
            _row.Put(line, _symbols.Blocked);
        Flush();
    }

    private string Clean(string text, int maxLength)
    {
        string clean = EventText.Clean(text, maxLength);
        return _options.UseAscii ? TextArrow.ToAscii(clean, _symbols) : clean;
    }

    private void Flush()
    {
        _writer.WriteLine(_row.ToText(_options.UseColor));
    }
}
