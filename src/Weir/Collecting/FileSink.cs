using System.Text;
using Weir.Linux;
using static Weir.Linux.Uapi;

namespace Weir.Collecting;

/// <summary>A file, or standard output: few write(2) calls, and a full disk is waited for.</summary>
internal sealed class FileSink : RecordSink
{
    private const int StandardOutput = 1;
    // A pipe that nobody reads would hold up the open, and with it the end.
    private const int Flags = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC;
    private const uint Mode = 0b110_100_000; // rw-r-----

    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(1);

    private readonly string _name;
    private readonly byte[]? _path;
    private readonly FileRotation? _rotation;
    private readonly SinkNotices _notices;
    private SafeFd _file = new(StandardOutput, ownsHandle: false);
    private bool _isRegular;
    private long _sizeBytes;
    private bool _needsNewFile;

    /// <param name="path">Null for standard output.</param>
    /// <param name="rotation">Null for one file without end.</param>
    /// <param name="notices">Who hears of waiting.</param>
    public FileSink(string? path, FileRotation? rotation, SinkNotices notices)
    {
        _name = path ?? "standard output";
        _path = path is null ? null : Encoding.UTF8.GetBytes(path);
        _rotation = rotation;
        _notices = notices;
    }

    public override bool IsByteStream => true;

    public override void Open()
    {
        Errno failed = TryOpen();
        if (failed is not Errno.None)
            throw new IOException($"open {_name}: {failed}; {AdviceForOpening(failed)}");
        if (_rotation is not null && !_isRegular)
            throw new IOException($"rotate {_name}: it is no regular file; leave rotation out, or name a file");
    }

    public override async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        int position = 0;
        try
        {
            while (position < batch.Bytes || IsReopenAsked)
            {
                if (IsReopenAsked)
                {
                    // A record that is half written is whole in the new file.
                    position = TakeBackHalf(batch, position);
                    Reopen();
                    continue;
                }

                int end = EndOfWrite(batch, position);
                Errno failed = end > position ? TryWrite(batch.Memory.Span[..end], ref position) : TryRotate();
                batch.Take(batch.RecordAt(position));
                if (failed is not Errno.None)
                    await WaitAsync(failed, cancellationToken).ConfigureAwait(false);
                else if (position == end)
                    _notices.GoesOn($"write {_name}");
            }
        }
        catch (OperationCanceledException)
        {
            TakeBackHalf(batch, position);
            throw;
        }
    }

    public override ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        SysResult synchronized = _isRegular ? Sys.Synchronize(_file.Number) : default;
        return synchronized.IsOk ? ValueTask.CompletedTask : throw Lost("fsync", synchronized.Errno);
    }

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    // What is written next would run into half a record. Somebody else's bytes behind it stay.
    private int TakeBackHalf(RecordBatch batch, int position)
    {
        int start = batch.StartOf(batch.RecordAt(position));
        if (start < position && IsOursAlone && Sys.Truncate(_file.Number, _sizeBytes - (position - start)).IsOk)
            _sizeBytes -= position - start;
        return start;
    }

    private bool IsOursAlone =>
        _path is not null && _isRegular && Sys.Stat(_file.Number, out statx status).IsOk && (long)status.stx_size == _sizeBytes;

    // The most that may go into this file; nothing when a new one comes first.
    private int EndOfWrite(RecordBatch batch, int position)
    {
        if (_rotation is null)
            return batch.Bytes;
        int record = batch.RecordAt(position);
        // A record that is begun is finished, and one that is too long for any file has one to itself.
        bool mustFit = position > batch.StartOf(record) || _sizeBytes == 0;
        int end = mustFit && !_needsNewFile ? batch.EndOf(record++) : position;
        while (record < batch.Count && _rotation.HasRoom(_sizeBytes + batch.EndOf(record) - position) && !_needsNewFile)
            end = batch.EndOf(record++);
        return end;
    }

    private Errno TryWrite(ReadOnlySpan<byte> bytes, ref int position)
    {
        SysResult written = Sys.Write(_file.Number, bytes[position..]);
        if (written.IsOk)
        {
            position += written.Value;
            _sizeBytes += written.Value;
        }

        return written.Errno is Errno.EINTR ? Errno.None : written.Errno;
    }

    private Errno TryRotate()
    {
        if (!_needsNewFile)
        {
            Sys.Synchronize(_file.Number);
            if (_rotation!.Shift(_path!) is var failed and not Errno.None)
            {
                _rotation.Postpone(_sizeBytes);
                _notices.Tell(ServerEventKind.RotationFailed, $"rename {_name}: {failed}; the file grows beyond its size");
                return Errno.None;
            }

            _needsNewFile = true;
        }

        Errno opened = TryOpen();
        _needsNewFile = opened is not Errno.None;
        return opened;
    }

    private Errno TryOpen()
    {
        SafeFd before = _file;
        if (_path is not null)
        {
            SysResult opened = Sys.Open(_path, Flags, Mode);
            if (!opened.IsOk)
                return opened.Errno;
            _file = new SafeFd(opened.Value);
            before.Dispose();
        }

        _isRegular = Sys.Stat(_file.Number, out statx status).IsOk && (status.stx_mode & S_IFMT) == S_IFREG;
        _sizeBytes = (long)status.stx_size;
        _rotation?.Restart();
        return Errno.None;
    }

    private void Reopen()
    {
        ReopenDone();
        if (_isRegular)
            Sys.Synchronize(_file.Number);
        Errno failed = TryOpen();
        if (failed is Errno.None)
            _needsNewFile = false;
        else
            _notices.Tell(ServerEventKind.RotationFailed, $"open {_name}: {failed}; {AdviceForOpening(failed)}; the file before is kept");
    }

    private async ValueTask WaitAsync(Errno failed, CancellationToken cancellationToken)
    {
        if (failed is Errno.EAGAIN)
        {
            // Whoever shares the pipe or the terminal may have made it non-blocking.
            Sys.Poll([new pollfd { fd = _file.Number, events = POLLOUT }], s_retryInterval);
            cancellationToken.ThrowIfCancellationRequested();
            return;
        }

        bool isFull = failed is Errno.ENOSPC or Errno.EDQUOT;
        if (!isFull && !_isRegular)
            throw Lost("write", failed);
        _notices.Waits($"write {_name}: {failed}", isFull ? "until there is room" : "until it works, tried again every second");
        await Task.Delay(s_retryInterval, cancellationToken).ConfigureAwait(false);
    }

    private SinkLostException Lost(string call, Errno errno) => new($"{call} {_name}: {errno}; collecting has ended", errno);

    private static string AdviceForOpening(Errno errno) => errno switch
    {
        Errno.EACCES => "no permission to write there; check the mode of the file and of its directories",
        Errno.ENOENT or Errno.ENOTDIR => "its directory does not exist; create it first",
        Errno.EISDIR => "it is a directory; name a file in it",
        Errno.ENXIO => "it is a socket, or a pipe that nobody reads; write unix://PATH, or start the reader first",
        Errno.EROFS => "the file system is read-only; choose another path",
        Errno.ENOSPC or Errno.EDQUOT => "there is no room for another file",
        Errno.EMFILE or Errno.ENFILE => "no descriptors are left; raise 'ulimit -n'",
        _ => "choose another path",
    };
}
