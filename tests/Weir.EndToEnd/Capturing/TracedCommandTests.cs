using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Capturing;

/// <summary><c>weir capture -- COMMAND</c> as root: every packet of the command and nobody else's, however short its processes live.</summary>
[Collection(nameof(CaptureCommandTests))]
public sealed partial class TracedCommandTests
{
    private const int Processes = 200;
    private const int Fewer = 50;

    // Others do the same at the same time, until the command's end, or for a minute; both cores have more to do than they can.
    private const string Noise = """
        end=$(mktemp -u)
        (while ! [ -e $end ] && [ $SECONDS -lt 60 ]; do echo other > /dev/udp/127.0.0.1/7001; (exec 3<>/dev/tcp/127.0.0.1/7002) 2>/dev/null; done) &
        (while ! [ -e $end ] && [ $SECONDS -lt 60 ]; do :; done) &
        (while ! [ -e $end ] && [ $SECONDS -lt 60 ]; do :; done) &
        socat -u UDP4-RECV:7001 /dev/null & udp=$!
        socat -u TCP4-LISTEN:7003,fork,reuseaddr,backlog=64 /dev/null & tcp=$!
        until ss -lun | grep -q :7001 && ss -ltn | grep -q :7003; do sleep 0.02; done
        "$@"; code=$?
        touch $end; kill $udp $tcp; wait 2>/dev/null; rm $end; exit $code
        """;

    [RequiresTracingFact]
    public async Task ProcessesOfAMillisecond_LoseNoDatagram_AndOthersHaveNone()
    {
        Finished capture = await CaptureAsync("udp port 7001", $"for i in $(seq {Processes}); do bash -c 'echo x > /dev/udp/127.0.0.1/7001'; done");

        Assert.Equal(Processes, capture.Lines.Length);
        Assert.All(capture.Lines, line => Assert.Matches(@" udp 2 bytes # bash\[\d+\] → socat\[\d+\]$", line));
        Assert.Equal(Processes, capture.Lines.Select(line => Sender().Match(line).Value).Distinct().Count());
    }

    [RequiresTracingFact]
    public async Task RefusedConnections_AreTheirFewer_BothWays()
    {
        Finished capture = await CaptureAsync("tcp port 7002", $"for i in $(seq {Fewer}); do bash -c ': > /dev/tcp/127.0.0.1/7002' 2>/dev/null; done; true");

        Assert.Equal(2 * Fewer, Flows(capture, " tcp "));
        Assert.Equal(Fewer, Flows(capture, " tcp S ", Sender()));
        Assert.Equal(Fewer, Flows(capture, " tcp RA ", Receiver()));
    }

    [RequiresTracingFact]
    public async Task ShortConnections_AreWhole()
    {
        Finished capture = await CaptureAsync("tcp port 7003", "for i in $(seq 20); do bash -c 'echo x > /dev/tcp/127.0.0.1/7003'; done; sleep 0.1");

        Assert.Equal(20, Flows(capture, " tcp S "));
        Assert.Equal(20, Flows(capture, " tcp SA "));
        Assert.Equal(20, Flows(capture, "(2) ack 1 ", Sender()));
        Assert.Equal(40, Flows(capture, " tcp FA "));
    }

    [RequiresTracingFact]
    public async Task WhatACommandAccepts_IsItsOwn()
    {
        Finished capture = await CaptureAsync(
            "tcp port 7004",
            "socat -u TCP4-LISTEN:7004,reuseaddr /dev/null & until ss -ltn | grep -q :7004; do sleep 0.02; done; touch $TMPDIR/ready; wait",
            "(until [ -e $TMPDIR/ready ]; do sleep 0.02; done; echo hello | socat -u - TCP4:127.0.0.1:7004) & ");

        Assert.Contains(capture.Lines, line => line.Contains(" tcp S ", StringComparison.Ordinal));
        Assert.Contains(capture.Lines, line => line.Contains(" tcp PA seq 1:7(6) ", StringComparison.Ordinal) && ReceivedBySocat().IsMatch(line));
    }

    [RequiresTracingFact("ping")]
    public async Task AnEchoOfPing_IsPings()
    {
        Finished capture = await CaptureAsync("icmp", "ping -c 2 -i 0.2 127.0.0.2 >/dev/null");

        Assert.Equal(4, capture.Lines.Length);
        Assert.All(capture.Lines, line => Assert.Contains("ping[", line, StringComparison.Ordinal));
    }

    [RequiresTracingFact]
    public async Task WithoutBpf_ItSaysSo_AndGoesOnWithProc()
    {
        using var folder = new TemporaryFolder();
        Finished capture = await RunAsync(
            folder, before: "", "udp port 7001", "exec 3<>/dev/udp/127.0.0.1/7001; echo x >&3; sleep 0.5; true", "setpriv", "--bounding-set=-bpf,-sys_admin", "--inh-caps=-bpf,-sys_admin");

        Assert.Matches(@"^weir: packets of processes that live only milliseconds may be missing; bpf BPF_MAP_CREATE: EPERM; it takes CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN, which root in a container may lack\n", capture.Errors);
        // What the shell starts holds the socket, too.
        Assert.Contains(capture.Lines, line => line.Contains(" # bash[", StringComparison.Ordinal) || line.Contains(" # sleep[", StringComparison.Ordinal));
    }

    // Sent again, as happens under load, it is the same flow.
    private static int Flows(Finished capture, string what, Regex? owner = null) => capture.Lines
        .Where(line => line.Contains(what, StringComparison.Ordinal) && owner?.IsMatch(line) != false)
        .Select(line => Addresses().Match(line).Value)
        .Distinct()
        .Count();

    private static async Task<Finished> CaptureAsync(string filter, string command, string before = "")
    {
        using var folder = new TemporaryFolder();
        Finished capture = await RunAsync(folder, before, filter, command);
        Assert.DoesNotContain("weir:", capture.Errors, StringComparison.Ordinal);
        Assert.Contains(", 0 dropped", capture.Errors, StringComparison.Ordinal);
        return capture;
    }

    private static async Task<Finished> RunAsync(TemporaryFolder folder, string before, string filter, string command, params string[] starter) => (await new Run(
        OwnNetwork.Starter[0],
        [.. OwnNetwork.Starter[1..], "bash", "-c", before + "\n" + Noise, "bash", .. starter, .. WeirProcess.Command, "capture", "--buffer", "64M", filter, "--", "bash", "-c", command])
    {
        Environment = { ["TMPDIR"] = folder.Path },
    }.ToEnd()).Succeeded();

    [GeneratedRegex(@" # bash\[\d+\] → ")]
    private static partial Regex Sender();

    [GeneratedRegex(@" # - → bash\[\d+\]")]
    private static partial Regex Receiver();

    [GeneratedRegex(@"\S+ > \S+")]
    private static partial Regex Addresses();

    [GeneratedRegex(@" → socat\[\d+\]$")]
    private static partial Regex ReceivedBySocat();
}
