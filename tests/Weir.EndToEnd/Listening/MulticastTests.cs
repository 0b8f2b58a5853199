using Weir.Testing;

namespace Weir.EndToEnd.Listening;

/// <summary>Groups of both families on an interface of one's own: loopback has no way to an IPv6 group.</summary>
public sealed class MulticastTests : IDisposable
{
    // Addresses of documentation (RFC 5737) and of one's own (RFC 4193).
    private const string SetUp =
        "ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up;"
        + " ip addr add 192.0.2.1/24 dev v0; ip addr add fd00::1/64 dev v0 nodad; exec \"$@\"";

    private readonly TemporaryFolder _folder = new();

    [RequiresCommandFact("unshare -Urn ip link add v0 type veth peer name v1", "iproute2")]
    public async Task Groups_AreJoinedOnTheInterfaceThatTheUrlNames()
    {
        string file = _folder.File("out");
        await using WeirProcess listener = await WeirProcess.ListenThroughAsync(
            ["unshare", "-Urn", "sh", "-c", SetUp, "sh"],
            "udp4://0.0.0.0:5004?join=239.255.77.1@v0",
            "udp6://[::]:5006?join=ff12::77:1@v0",
            "udp4://239.255.77.2:5014?join=239.255.77.2@v0",
            "udp6://[ff12::77:2%v0]:5016",
            "udp6://[ff12::77:3%v0]:5017?join=ff12::77:3@v0",
            "--to",
            file);
        string[] enter = NetworkNamespace.Enter(listener.Program.Id);
        string[] receivers =
        [
            "UDP4-SENDTO:239.255.77.1:5004,ip-multicast-if=192.0.2.1", "UDP6-SENDTO:[ff12::77:1%v0]:5006",
            "UDP4-SENDTO:239.255.77.2:5014,ip-multicast-if=192.0.2.1", "UDP6-SENDTO:[ff12::77:2%v0]:5016",
            "UDP6-SENDTO:[ff12::77:3%v0]:5017",
        ];
        for (int i = 0; i < receivers.Length; i++)
            (await new Run(enter[0], [.. enter[1..], "sh", "-c", $"echo {i} | socat -u - '{receivers[i]}'"]).ToEnd()).Succeeded();

        await listener.Program.Until(
            () => File.Exists(file) && File.ReadLines(file).Order().SequenceEqual(["0", "1", "2", "3", "4"]), "a line of each group");
    }

    public void Dispose() => _folder.Dispose();
}
