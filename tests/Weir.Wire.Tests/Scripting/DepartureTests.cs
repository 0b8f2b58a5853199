using System.Diagnostics;
using Weir.Packets.Timelines;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Scripting;

public sealed class DepartureTests
{
    [HostFact("ip=iproute2")]
    public async Task ASegmentThatWaitedForRoom_HasLeftWhenThereWasSome()
    {
        await using var scripted = Scripted.Create(new ScriptedEndpointOptions { Timeout = Deadline.Generous });
        using NetworkRecorder recorder = NetworkRecorder.Start(scripted.Network);
        await SetLink("down");
        long from = Stopwatch.GetTimestamp();
        Task sending = Task.Factory.StartNew(() => scripted.Peer.SendSyn(toPort: 80), TaskCreationOptions.LongRunning);
        await Eventually.True(() => Stopwatch.GetElapsedTime(from) > TimeSpan.FromMilliseconds(50));
        long upNs = RecordedFrame.ToNs(Stopwatch.GetTimestamp());
        await SetLink("up");
        await sending.InTime();

        Timeline timeline = recorder.Stop();

        SegmentEvent syn = timeline.Events.OfType<SegmentEvent>().First(segment => timeline.Participants[segment.From] != "host");
        Assert.True(syn.TimeNs > upNs, $"it left {(upNs - syn.TimeNs) / 1e6} ms before the link was up");

        async Task SetLink(string state)
        {
            using Process ip = scripted.Host.Start("ip", "link", "set", "eth0", state);
            await ip.WaitForExitAsync().InTime();
            Assert.Equal(0, ip.ExitCode);
        }
    }
}
