using Weir.Packets.Files;

namespace Weir.Cli.Capturing;

/// <summary>What becomes of frames, by the settings: lines or objects, unless a file, a drawing or an analysis is asked for.</summary>
internal static class CaptureSinks
{
    public static ICaptureSink For(CaptureSettings settings, TimeProvider time, int snapLengthBytes, CaptureFile? file = null)
    {
        List<ICaptureSink> sinks = [];
        if (settings.Write is not null)
            sinks.Add(new FileSink(settings, time, snapLengthBytes));
        if (settings.Follow is not null)
            sinks.Add(new FollowSink(settings));
        if (settings.DrawsLadder)
            sinks.Add(new LadderSink(settings.LadderFile));
        if (settings.Analyzes)
            sinks.Add(new AnalysisSink(settings.IsJson));
        if (sinks.Count == 0)
        {
            var names = new InterfaceNames(settings, file);
            sinks.Add(settings.IsJson ? new JsonSink(names) : new LineSink(settings, names));
        }

        return sinks.Count == 1 ? sinks[0] : new SeveralSinks(sinks);
    }
}
