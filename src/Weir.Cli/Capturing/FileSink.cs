using System.Globalization;
using Weir.Packets;
using Weir.Packets.Files;

namespace Weir.Cli.Capturing;

/// <summary>Writes frames to a pcapng file, with their processes as comments, and goes on in a new file when it was asked to.</summary>
internal sealed class FileSink : ICaptureSink
{
    private const int FlushesPerSecond = 4;

    private readonly CaptureSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _path;
    private readonly bool _rotates;
    private readonly int _snapLengthBytes;
    private readonly Dictionary<LinkType, int> _interfaces = [];
    private PcapngWriter? _writer;
    private LinkType? _lastLink;
    private int _lastInterface;
    private int _number;
    private long _openedAt;
    private long _flushedAt;

    /// <param name="snapLengthBytes">The most that was captured of each frame.</param>
    public FileSink(CaptureSettings settings, TimeProvider time, int snapLengthBytes)
    {
        (_settings, _time, _path, _snapLengthBytes) = (settings, time, settings.Write!.FullName, snapLengthBytes);
        _rotates = !settings.Rotation.IsNever;
        _writer = Open();
    }

    public void Take(in FrameView frame, FlowOwner owner)
    {
        if (_rotates && IsTimeForTheNext())
        {
            _writer!.Dispose();
            _writer = Open();
        }

        if (_lastLink != frame.Link)
            (_lastLink, _lastInterface) = (frame.Link, InterfaceOf(frame.Link));
        if (owner.IsKnown)
            _writer!.Write(_lastInterface, frame.TimestampNs, frame.Bytes, frame.OriginalBytes, owner.Utf8);
        else
            _writer!.Write(_lastInterface, frame.TimestampNs, frame.Bytes, frame.OriginalBytes, frame.Comment);
    }

    // Whoever looks into the file meanwhile finds what came a moment ago.
    public void Flush()
    {
        if (_time.GetElapsedTime(_flushedAt).TotalSeconds < 1.0 / FlushesPerSecond)
            return;
        _writer!.Flush();
        _flushedAt = _time.GetTimestamp();
    }

    public void End()
    {
        PcapngWriter writer = _writer!;
        _writer = null;
        writer.Dispose();
    }

    public void Dispose() => _writer?.Dispose();

    private bool IsTimeForTheNext() =>
        (_settings.Rotation.Bytes > 0 && _writer!.LengthBytes >= _settings.Rotation.Bytes)
        || (_settings.Rotation.Time > TimeSpan.Zero && _time.GetElapsedTime(_openedAt) >= _settings.Rotation.Time);

    private int InterfaceOf(LinkType link)
    {
        if (_interfaces.TryGetValue(link, out int own))
            return own;
        string? filter = _settings.Filter.Length > 0 ? _settings.Filter : null;
        _interfaces.Add(link, own = _writer!.AddInterface(link, _settings.Interface, filter: filter, snapLengthBytes: _snapLengthBytes));
        return own;
    }

    private PcapngWriter Open()
    {
        _interfaces.Clear();
        _lastLink = null;
        _openedAt = _flushedAt = _time.GetTimestamp();
        return PcapngWriter.Create(_rotates ? Numbered(++_number) : _path);
    }

    // trace.pcapng is followed by trace-00001.pcapng, which sorts as it was written.
    private string Numbered(int number)
    {
        string name = $"{Path.GetFileNameWithoutExtension(_path)}-{number.ToString("D5", CultureInfo.InvariantCulture)}{Path.GetExtension(_path)}";
        return Path.Combine(Path.GetDirectoryName(_path)!, name);
    }
}
