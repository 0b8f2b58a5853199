using Weir.Cli.Output;
using Weir.Cli.Serving;
using Weir.Inspect.Processes;
using Weir.Inspect.Tracing;
using Weir.Linux;
using Weir.Packets.Capture;
using Weir.Wire;

namespace Weir.Cli.Capturing;

/// <summary>A capture from an interface: reads until Ctrl-C, the count, or the command's end.</summary>
internal sealed class CaptureSession : IDisposable
{
    private const int ShownBytes = 4096;

    // The longest packet of IP, and the header that the "any" device puts before it.
    private const int WholeBytes = 65_535 + 20;
    private const int MaxEmptyReads = 3;

    // What a command sent last is still on its way when it has ended.
    private static readonly TimeSpan s_afterCommand = TimeSpan.FromMilliseconds(200);

    // Frames whose owners are looked for wait no longer than this for the next look.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(20);

    // A file is written to now and then; when nothing has come since, there is nothing to wake up for.
    private static readonly TimeSpan s_untilFlush = TimeSpan.FromMilliseconds(300);
    private static readonly string[] s_arguments = Environment.GetCommandLineArgs()[1..];

    private readonly CaptureSettings _settings;
    private readonly TimeProvider _time;
    private readonly LiveCapture _capture;
    private readonly ICaptureSink _sink;
    private readonly FlowOwners _owners;
    private readonly OwnerLine _line;
    private readonly CaptureSelection _selection;
    private readonly TaskCompletionSource _isReading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FrameHandler _take;
    private readonly long _limit;
    private long _stopNs = long.MaxValue;
    private bool _isPastStop;
    private bool _isRehearsing;
    private long _taken;

    private CaptureSession(CaptureSettings settings, TimeProvider time, LiveCapture capture, ICaptureSink sink, CommandTrace? trace)
    {
        (_settings, _time, _capture, _sink) = (settings, time, capture, sink);
        _owners = new FlowOwners(time, new EndFinder(time, trace));
        _line = new OwnerLine(_owners, time, Give);
        _selection = new CaptureSelection(settings, isTraced: trace is not null);
        _limit = settings.Count ?? long.MaxValue;
        _take = Take;
    }

    private bool HasEnough => _taken >= _limit;

    public static async Task<int> RunAsync(CaptureSettings settings, TimeProvider time)
    {
        // Of a process that was started once more: its network has only just been made.
        if (Namespaces.IsReexecuted)
            Namespaces.EnterOrReexecute(s_arguments);
        using LiveCapture? capture = TryOpen(settings);
        if (capture is null)
            return Namespaces.EnterOrReexecute(s_arguments) ?? ExitCode.Usage;
        using ICaptureSink sink = CaptureSinks.For(settings, time, capture.SnapLengthBytes);
        using CommandTrace? trace = TryTrace(settings);
        using var session = new CaptureSession(settings, time, capture, sink, trace);
        using var signals = new StopSignals();
        session.Prepare();
        Console.Error.WriteLine(settings.Filter.Length > 0 ? $"capturing on {capture.Interface}: {settings.Filter}" : $"capturing on {capture.Interface}");
        // Before the command: its first packet is not to wait for a thread.
        Task reading = Task.Factory.StartNew(session.Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        CapturedCommand? command = null;
        try
        {
            await Task.WhenAny(reading, session._isReading.Task).ConfigureAwait(false);
            command = settings.Command.Count > 0 ? CapturedCommand.Start(settings.Command, trace?.Members) : null;
            Task ended = await Task.WhenAny(reading, signals.First, command?.Exited ?? signals.First).ConfigureAwait(false);
            if (ended == command?.Exited)
                await Task.WhenAny(reading, Task.Delay(s_afterCommand, time)).ConfigureAwait(false);
        }
        finally
        {
            // Whatever happened: the thread uses what is disposed of below.
            session.Stop();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        using (command)
            return await session.FinishAsync(reading, command, signals).ConfigureAwait(false);
    }

    public void Dispose() => _owners.Dispose();

    // Null when it takes a capability that this user does not have, and a network of the command's own will do.
    private static LiveCapture? TryOpen(CaptureSettings settings)
    {
        try
        {
            return LiveCapture.Open(Options(settings));
        }
        catch (CaptureException refused) when (refused.IsPermission && settings.Command.Count > 0 && !Namespaces.CanCreateHosts)
        {
            Console.Error.WriteLine("weir: to see the machine's traffic takes CAP_NET_RAW; the command gets a network of its own, with loopback only");
            return null;
        }
    }

    // In a network of its own everything is the command's.
    private static CommandTrace? TryTrace(CaptureSettings settings)
    {
        if (settings.Command.Count == 0 || Namespaces.IsReexecuted)
            return null;
        try
        {
            return CommandTrace.Start();
        }
        catch (TraceException refused)
        {
            Console.Error.WriteLine($"weir: packets of processes that live only milliseconds may be missing; {refused.Message.Split('\n')[0]}");
            return null;
        }
    }

    private static CaptureOptions Options(CaptureSettings settings)
    {
        // The sooner a packet is seen, the likelier its process is still there.
        bool needsAll = settings.Write is not null || settings.Follow is not null;
        bool isImmediate = !needsAll || settings.SelectsByOwner || settings.Command.Count > 0;
        // Of what is only shown, the beginning suffices; each frame takes its whole length in the buffer then.
        (int snapBytes, long bufferBytes) = (isImmediate, needsAll) switch
        {
            (true, false) => (ShownBytes, 8L * 1024 * 1024),
            (true, true) => (WholeBytes, 32L * 1024 * 1024),
            _ => (CaptureOptions.MaxSnapLengthBytes, 2L * 1024 * 1024),
        };
        return new CaptureOptions
        {
            Interface = settings.Interface,
            Filter = settings.Filter,
            IsImmediate = isImmediate,
            SnapLengthBytes = settings.SnapLengthBytes ?? snapBytes,
            BufferBytes = (int)(settings.BufferBytes ?? bufferBytes),
        };
    }

    // What had come when it was stopped is still read: to the buffer's end, or to the first frame that is younger. The kernel gives a block of frames
    // away when it is full or its time is over, so an empty buffer is believed a moment later.
    private void Read()
    {
        // Root may be quicker than a short command on a busy machine; for others it stays as it is.
        if (_settings.SelectsByOwner || _settings.Command.Count > 0)
            Sys.SetRoundRobin(priority: 1);
        Read(TimeSpan.Zero);
        _isReading.TrySetResult();
        TimeSpan untilFlush = s_untilFlush;
        for (int empty = 0; !HasEnough && !_isPastStop && empty < MaxEmptyReads;)
        {
            bool isStopping = Volatile.Read(ref _stopNs) != long.MaxValue;
            bool wasHolding = _line.IsHolding;
            int count = Read(isStopping || wasHolding ? s_patience : untilFlush);
            untilFlush = count > 0 || wasHolding ? s_untilFlush : Timeout.InfiniteTimeSpan;
            _line.Release(isOver: false);
            _sink.Flush();
            empty = isStopping && count == 0 ? empty + 1 : 0;
        }

        _line.Release(isOver: true);
        _sink.End();
    }

    private int Read(TimeSpan timeout)
    {
        _owners.Advance();
        return _capture.Read(_take, timeout);
    }

    // What is done with a first packet is compiled before it comes: a short connection would be over by then.
    private void Prepare()
    {
        _owners.Prepare();
        _isRehearsing = true;
        _capture.Rehearse(RehearsalFrame.Of(_capture.Link), _take);
        _line.Release(isOver: true);
        _selection.Wants(new FlowOwner(new SocketHolder(Environment.ProcessId, Name: "", Fd: 0), receiver: null));
        _line.Forget();
        _isRehearsing = false;
    }

    private void Take(long timestampNs, ReadOnlySpan<byte> bytes, int originalBytes)
    {
        _isPastStop |= timestampNs > Volatile.Read(ref _stopNs);
        if (!HasEnough && !_isPastStop)
            _line.Take(new FrameView(_capture.Link, timestampNs, bytes, originalBytes));
    }

    private void Give(in FrameView frame, FlowOwner owner)
    {
        if (HasEnough || !_selection.Wants(owner) || _isRehearsing)
            return;
        _taken++;
        _sink.Take(frame, owner);
    }

    private void Stop()
    {
        Volatile.Write(ref _stopNs, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        _capture.Stop();
    }

    // The command goes on when the count is reached: it is the user's own, and its exit code is passed on. A second signal leaves it behind.
    private async Task<int> FinishAsync(Task reading, CapturedCommand? command, StopSignals signals)
    {
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (OutputLostException lost) when (lost.IsReaderGone)
        {
            return ExitCode.Fine;
        }

        Report();
        if (command is not null)
            await Task.WhenAny(command.Exited, signals.Second).ConfigureAwait(false);
        return command is { Exited.IsCompleted: true } ? command.ExitCode : ExitCode.Fine;
    }

    private void Report()
    {
        CaptureStatistics counted = _capture.Statistics;
        Console.Error.WriteLine(
            $"{_taken} {(_taken == 1 ? "packet" : "packets")} captured, {counted.Dropped} dropped{(counted.Dropped > 0 ? ": the buffer was full; see --buffer" : "")}");
    }
}
