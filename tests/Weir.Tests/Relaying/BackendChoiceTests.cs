using System.Net;
using Weir.Sockets;
using Xunit;

namespace Weir.Tests.Relaying;

public sealed class BackendChoiceTests
{
    private const int Clients = 4000;

    [Fact]
    public void RoundRobin_TakesTurns()
    {
        Backend[] backends = Backends(3);
        var choice = new BackendChoice(backends, RelayBalance.RoundRobin);
        Assert.Equal([0, 1, 2, 0, 1], Enumerable.Range(0, 5).Select(_ => Array.IndexOf(backends, choice.Order(Client(1))[0])));
    }

    [Theory]
    [InlineData(RelayBalance.RoundRobin)]
    [InlineData(RelayBalance.Least)]
    [InlineData(RelayBalance.Random)]
    [InlineData(RelayBalance.Hash)]
    public void WhoIsDown_ComesLast(RelayBalance balance)
    {
        Backend[] backends = Backends(4);
        backends[0].TryMarkDown();
        backends[2].TryMarkDown();
        var choice = new BackendChoice(backends, balance);
        for (int i = 0; i < 100; i++)
        {
            Backend[] order = choice.Order(Client(i));
            Assert.Equal(4, order.Distinct().Count());
            Assert.Equal([false, false, true, true], order.Select(backend => backend.IsDown));
        }
    }

    [Fact]
    public void Random_IsEven() => AssertEven(RelayBalance.Random);

    [Fact]
    public void Hash_IsEven() => AssertEven(RelayBalance.Hash);

    [Fact]
    public void Hash_DoesNotLookAtThePort()
    {
        var choice = new BackendChoice(Backends(5), RelayBalance.Hash);
        Assert.Equal(choice.Order(Client(7)), choice.Order(Client(7).WithPort(99)));
    }

    [Fact]
    public void Hash_KnowsAnIPv4Client_OnASocketOfBothFamilies()
    {
        var choice = new BackendChoice(Backends(5), RelayBalance.Hash);
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(
            choice.Order(Client(i)),
            choice.Order(KernelAddress.FromIPAddress(new IPAddress(Client(i).AddressBytes).MapToIPv6(), port: 40000))));
    }

    [Fact]
    public void Hash_MovesOnlyTheClientsOfTheBackendThatWentDown()
    {
        Backend[] backends = Backends(5);
        var choice = new BackendChoice(backends, RelayBalance.Hash);
        Backend[] before = [.. Enumerable.Range(0, Clients).Select(i => choice.Order(Client(i))[0])];
        backends[3].TryMarkDown();
        Backend[] after = [.. Enumerable.Range(0, Clients).Select(i => choice.Order(Client(i))[0])];
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First != backends[3], pair.First == pair.Second));
        backends[3].TryMarkUp();
        Assert.Equal(before, Enumerable.Range(0, Clients).Select(i => choice.Order(Client(i))[0]));
    }

    private static void AssertEven(RelayBalance balance)
    {
        var choice = new BackendChoice(Backends(4), balance);
        var counts = Enumerable.Range(0, Clients).CountBy(i => choice.Order(Client(i))[0]);
        // Six standard deviations of a fair draw.
        Assert.All(counts, count => Assert.InRange(count.Value, 1000 - 165, 1000 + 165));
        Assert.Equal(4, counts.Count());
    }

    private static Backend[] Backends(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new Backend(RelayEndpoint.Parse($"tcp://10.0.0.{i}:80", RelaySide.To)))];

    private static KernelAddress Client(int number) =>
        KernelAddress.FromIPAddress(new IPAddress([192, 168, (byte)(number >> 8), (byte)number]), port: 40000);
}
