using System.Runtime.InteropServices;
using Weir.Cli.Engines;
using Weir.Cli.Output;
using Weir.Cli.Serving;
using Weir.Linux;

namespace Weir.Cli.Listening;

/// <summary>One run of <c>weir listen</c>, from listening to the last record written.</summary>
internal static class ListenSession
{
    public static async Task<int> RunAsync(ListenSettings settings)
    {
        ListenReport report = ListenReport.Create(settings);
        Collector? collector = null;
        var loops = new LoopGroup(settings.Loops, new LoopOptions { Engine = settings.Engine });
        EngineNotice.Write(loops);
        await using (loops.ConfigureAwait(false))
        {
            // A file at its limit (ulimit -f) is a full disk, and not the end of the process (setrlimit(2)).
            using var fileLimit = PosixSignalRegistration.Create((PosixSignal)Uapi.SIGXFSZ, static context => context.Cancel = true);
            using var signals = new StopSignals(settings.Target.FilePath is null ? null : () => collector?.ReopenFile());
            collector = await Collector.StartAsync(OptionsOf(settings, loops, report)).ConfigureAwait(false);
            await using (collector.ConfigureAwait(false))
            {
                if (collector.TookOver is { } from)
                    report.OnTookOver(from);
                report.OnListening(collector, loops, settings);
                Task end = Task.WhenAny(signals.First, report.OutputLost, collector.OutputLost, collector.HandedOver);
                await report.StreamStatusUntilAsync(collector, end).ConfigureAwait(false);
                ReportEnd(collector, report, settings.DrainTimeout);
                // Connections run on after a hand-over; who wants an end sooner says so.
                if (collector.HandedOver.IsCompleted)
                    _ = signals.First.ContinueWith(_ => collector.StopAsync(settings.DrainTimeout), TaskScheduler.Default);
                // Once nothing can be written any more, there is nothing to wait for.
                _ = Task.WhenAny(signals.Second, collector.OutputLost).ContinueWith(_ => collector.Abort(), TaskScheduler.Default);
                bool isComplete = await collector.StopAsync(settings.DrainTimeout).ConfigureAwait(false);
                report.OnStopped(collector.Statistics, isComplete);
                return await ExitCodeAsync(isComplete, collector.OutputLost, report.OutputLost).ConfigureAwait(false);
            }
        }
    }

    private static CollectorOptions OptionsOf(ListenSettings settings, LoopGroup loops, ListenReport report) => new()
    {
        Urls = settings.Urls,
        FilePath = settings.Target.FilePath,
        TargetUrl = settings.Target.Url,
        Framing = settings.Framing,
        MaxLineBytes = settings.MaxLineBytes,
        RotateBytes = settings.RotateBytes,
        KeepFiles = settings.KeepFiles,
        IdleTimeout = settings.IdleTimeout,
        MaxConnections = settings.MaxConnections,
        Loops = loops,
        HandoverPath = settings.HandoverPath,
        OnEvent = report.OnEvent,
    };

    private static void ReportEnd(Collector collector, ListenReport report, TimeSpan drainTimeout)
    {
        CollectorStatistics statistics = collector.Statistics;
        if (collector.HandedOver is { IsCompletedSuccessfully: true } handedOver)
            report.OnHandedOver(handedOver.Result, statistics.Server.Connections);
        else
            report.OnDraining(statistics, drainTimeout);
    }

    // Whoever read the output has gone: end quietly, as a pipe's writer does.
    private static async Task<int> ExitCodeAsync(bool isComplete, params Task<Errno>[] outputs)
    {
        foreach (Task<Errno> output in outputs)
        {
            if (!output.IsCompleted)
                continue;
            return await output.ConfigureAwait(false) is var failed and not Errno.EPIPE
                ? throw new IOException($"write the output: {failed}; collecting has ended")
                : ExitCode.Fine;
        }

        return isComplete ? ExitCode.Fine : ExitCode.FoundWrong;
    }
}
