using Weir.Cli.Output;
using Weir.Packets;
using Weir.Packets.Capture;
using Weir.Packets.Files;

namespace Weir.Cli.Capturing;

/// <summary>A capture that was made before: read to its end, or to where it is broken.</summary>
internal static class FileSession
{
    public static int Run(CaptureSettings settings, TimeProvider time)
    {
        string path = settings.Read!.ToString();
        using CaptureFile file = path == "-" ? CaptureFile.Open(Console.OpenStandardInput(), "standard input") : CaptureFile.Open(path);
        using ICaptureSink sink = CaptureSinks.For(settings, time, CaptureOptions.MaxSnapLengthBytes, file);
        using var filters = new FilterPerLink(settings.Filter);
        try
        {
            ReadAll(settings.Count ?? int.MaxValue, file, isPipe: path == "-", filters, sink);
        }
        catch (OutputLostException lost) when (lost.IsReaderGone)
        {
            return ExitCode.Fine;
        }

        if (file.Fault is null)
            return ExitCode.Fine;
        Console.Error.WriteLine($"weir: {file.Fault.Message}");
        return ExitCode.FoundWrong;
    }

    private static void ReadAll(int limit, CaptureFile file, bool isPipe, FilterPerLink filters, ICaptureSink sink)
    {
        try
        {
            for (int taken = 0; taken < limit && file.TryRead(out CapturedFrame frame);)
            {
                if (!filters.Matches(frame))
                    continue;
                taken++;
                sink.Take(FrameView.Of(frame), FlowOwner.Unknown);
                if (isPipe)
                    sink.Flush();
            }
        }
        finally
        {
            sink.End();
        }
    }

    /// <summary>One file may hold frames of several kinds, and an expression is compiled for one kind.</summary>
    private sealed class FilterPerLink(string expression) : IDisposable
    {
        private readonly Dictionary<LinkType, PacketFilter> _filters = [];

        public bool Matches(CapturedFrame frame)
        {
            if (expression.Length == 0)
                return true;
            if (!_filters.TryGetValue(frame.Link, out PacketFilter? filter))
                _filters.Add(frame.Link, filter = PacketFilter.Compile(expression, frame.Link));
            return filter.Matches(frame.Bytes.Span, frame.OriginalBytes);
        }

        public void Dispose()
        {
            foreach (PacketFilter filter in _filters.Values)
                filter.Dispose();
        }
    }
}
