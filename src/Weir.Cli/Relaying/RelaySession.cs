using Weir.Cli.Engines;
using Weir.Cli.Output;
using Weir.Cli.Serving;
using Weir.Linux;

namespace Weir.Cli.Relaying;

/// <summary>One run of <c>weir relay</c>, from listening to the drained end.</summary>
internal static class RelaySession
{
    public static async Task<int> RunAsync(RelaySettings settings)
    {
        if (settings.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync($"weir: relay: {problem}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        RelayReport report = RelayReport.Create(settings);
        // What runs on the loops is the relay's own code, which waits for nothing: nobody has to watch it.
        var loops = new LoopGroup(
            settings.Loops,
            new LoopOptions { Engine = settings.Engine, Scheduling = LoopScheduling.Inline, StallThreshold = Timeout.InfiniteTimeSpan });
        EngineNotice.Write(loops);
        await using (loops.ConfigureAwait(false))
        {
            using var signals = new StopSignals();
            Relay relay = await Relay.StartAsync(settings.Relay with { Loops = loops, OnEvent = report.OnEvent }).ConfigureAwait(false);
            if (relay.TookOver is { } from)
                report.OnTookOver(from);
            report.OnRelaying(relay, settings);
            Task end = Task.WhenAny(signals.First, report.OutputLost, relay.HandedOver, relay.Ended);
            await report.StreamStatusUntilAsync(relay, end).ConfigureAwait(false);
            if (relay.HandedOver is { IsCompletedSuccessfully: true } handedOver)
                report.OnHandedOver(handedOver.Result, relay.Statistics.Connections);
            else if (!relay.Ended.IsCompleted)
                report.OnDraining(relay.Statistics.Connections, settings.DrainTimeout);
            _ = signals.Second.ContinueWith(_ => relay.Abort(), TaskScheduler.Default);
            int reset = await relay.StopAsync(settings.DrainTimeout).ConfigureAwait(false);
            bool aborted = reset > 0 || signals.Second.IsCompleted;
            report.OnStopped(relay.Statistics, aborted);
            // Whoever read the output has gone: end quietly, as a pipe's writer does.
            if (report.OutputLost is { IsCompleted: true } lost && await lost.ConfigureAwait(false) is var failed and not Errno.EPIPE)
                throw new IOException($"write standard output: {failed}; relaying has ended");
            return aborted || !await relay.Ended.ConfigureAwait(false) ? ExitCode.FoundWrong : ExitCode.Fine;
        }
    }
}
