using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Testing;

namespace Weir.Sockets.Tests.State;

/// <summary>ss(8) reads the same structure through netlink: where both name a thing, they say the same of a connection at rest.</summary>
public sealed partial class TcpInfoAgainstSsTests
{
    [RequiresProgramFact("ss", "iproute2")]
    public async Task Info_IsWhatSsSays()
    {
        (KernelSocket client, KernelSocket server) = Loopback.Connect(SocketScheme.Tcp4);
        using (client)
        using (server)
        {
            Assert.Ok(client.Send(new byte[50_000]));
            Assert.Ok(server.Send(new byte[300]));
            await Eventually.True(() => server.Queues.ReceiveBytes == 50_000 && client.Queues.ReceiveBytes == 300);
            await Eventually.True(() => client.Queues.SendBytes == 0 && server.Queues.SendBytes == 0);

            Assert.Equal(Expected(client.Info!.Value), await WhatSsSays(client));
            Assert.Equal(Expected(server.Info!.Value), await WhatSsSays(server));
        }
    }

    private static SortedDictionary<string, string> Expected(TcpInfo info) => new(StringComparer.Ordinal)
    {
        ["state"] = info.State == TcpState.Established ? "ESTAB" : info.State.ToString(),
        ["rtt"] = $"{Milliseconds(info.RttUs)}/{Milliseconds(info.RttVarUs)}",
        ["rto"] = Milliseconds(info.RtoUs),
        ["minrtt"] = Milliseconds(info.MinRttUs),
        ["cwnd"] = Number(info.CongestionWindowSegments),
        ["mss"] = Number(info.SendMssBytes),
        ["bytes_acked"] = Number(info.AckedBytes),
        ["bytes_received"] = Number(info.ReceivedBytes),
        ["segs_out"] = Number(info.Raw.tcpi_segs_out),
        ["segs_in"] = Number(info.Raw.tcpi_segs_in),
        ["data_segs_out"] = Number(info.Raw.tcpi_data_segs_out),
        ["data_segs_in"] = Number(info.Raw.tcpi_data_segs_in),
    };

    private static async Task<SortedDictionary<string, string>> WhatSsSays(KernelSocket socket)
    {
        string filter = $"sport = :{socket.LocalAddress.Port} and dport = :{socket.PeerAddress!.Value.Port}";
        string output = (await new Run("ss", "-tinOH", filter).ToEnd()).Succeeded().Output;
        SortedDictionary<string, string> said = new(StringComparer.Ordinal) { ["state"] = output.Split(' ')[0] };
        HashSet<string> compared = [.. Expected(default).Keys];
        foreach (Match item in Item().Matches(output).Where(item => compared.Contains(item.Groups["name"].Value)))
            said[item.Groups["name"].Value] = item.Groups["value"].Value;
        return said;
    }

    private static string Milliseconds(uint microseconds) => (microseconds / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("""(?<=\s)(?<name>[a-z_]+):(?<value>\S+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Item();
}
