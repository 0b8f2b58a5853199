using Xunit;

namespace Weir.Bench.Tests;

public class HttpTablesTests
{
    private static readonly HttpPlace s_place = new("https", Port: 7001, Folder: "/tmp/folder");

    [Fact]
    public void EveryServer_IsToldWhereItListens_AndItsCertificate() =>
        Assert.All(HttpPeerTable.All, peer =>
        {
            string told = string.Join(' ', peer.CommandFor(s_place)) + peer.ConfigFor?.Invoke(s_place);
            Assert.Contains("127.0.0.1:7001", told, StringComparison.Ordinal);
            Assert.Contains(s_place.CertificatePath, told, StringComparison.Ordinal);
            Assert.Contains(s_place.KeyPath, told, StringComparison.Ordinal);
        });

    [Fact]
    public void KestrelPeers_DifferByTheTransportOnly()
    {
        string[][] commands = [.. HttpPeerTable.All.Where(peer => peer.Program is not null).Select(peer => peer.CommandFor(s_place))];

        Assert.Equal(["sockets-inline", "weir-inline", "weir-uring-inline", "sockets", "weir-threadpool", "weir-uring-threadpool"], commands.Select(command => command[3]));
        Assert.Single(commands.Select(command => string.Join(' ', command.Where((_, index) => index != 3))).Distinct());
    }

    [Fact]
    public void Workloads_AskByTheirOwnGenerator()
    {
        string CommandFor(string name)
        {
            HttpWorkload workload = HttpWorkloadTable.All.Single(workload => workload.Name == name);
            return string.Join(' ', HttpLoad.CommandFor(workload, s_place with { Scheme = workload.Scheme }, seconds: 3));
        }

        Assert.StartsWith("wrk -t 1 -c 64 -d 3s ", CommandFor(HttpWorkloadTable.Plaintext), StringComparison.Ordinal);
        Assert.EndsWith(" http://127.0.0.1:7001/plaintext -- pipeline 16", CommandFor(HttpWorkloadTable.Pipelined), StringComparison.Ordinal);
        Assert.EndsWith(" https://127.0.0.1:7001/plaintext --", CommandFor(HttpWorkloadTable.Https), StringComparison.Ordinal);
        Assert.Equal("h2load -t 1 -c 1 -m 100 -D 3 http://127.0.0.1:7001/plaintext", CommandFor(HttpWorkloadTable.Http2));
    }

    [Fact]
    public void PipelinedAnswers_HaveToBeAsManyAsTheRequests()
    {
        HttpWorkload pipelined = HttpWorkloadTable.All.Single(workload => workload.Name == HttpWorkloadTable.Pipelined);
        string Answers(int count, string body) =>
            string.Concat(Enumerable.Repeat($"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{body}", count));

        HttpPipelineCheck.Require(Answers(16, "Hello, World!"), pipelined);
        Assert.Throws<BenchException>(() => HttpPipelineCheck.Require(Answers(15, "Hello, World!"), pipelined));
        Assert.Throws<BenchException>(() => HttpPipelineCheck.Require(Answers(17, "Hello, World!"), pipelined));
        Assert.Throws<BenchException>(() => HttpPipelineCheck.Require(Answers(16, "Hello, Wirld!"), pipelined));
    }

    [Theory]
    [InlineData(0.2, true, 1)]
    [InlineData(3, false, 3)]
    public void Seconds_AreWhole(double seconds, bool quick, int whole) =>
        Assert.Equal(whole, HttpOptions.WholeSeconds("--seconds", seconds, quick));

    [Fact]
    public void PartsOfASecond_AreRefused() =>
        Assert.Throws<BenchException>(() => HttpOptions.WholeSeconds("--seconds", 2.5, quick: false));
}
