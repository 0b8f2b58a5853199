using System.Net;
using Weir.Packets.Timelines;
using Weir.Sockets;
using Weir.Testing;
using Xunit;

namespace Weir.Wire.Tests.Recording;

public sealed class HostSamplerTests
{
    private static readonly IPAddress s_elsewhere = IPAddress.Parse("10.9.9.9");

    [HostFact]
    public async Task ASocketThatIsGone_IsToldOnce_AndForgotten()
    {
        await using Pair pair = Pair.Create();
        using var sampler = new HostSampler(pair.Client, participant: 0);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        using (server)
        {
            sampler.Follow(pair.Client.Address, client.LocalAddress.Port, pair.Server.Address, Pair.Port);
            sampler.Sample(timeNs: 1, withCounters: false);
            Assert.Equal(1, sampler.Followed);
            client.Set(SocketOptions.Linger, LingerTime.Reset);
            client.Dispose();
            sampler.Sample(timeNs: 2, withCounters: false);
            sampler.Sample(timeNs: 3, withCounters: false);
        }

        Assert.Equal(0, sampler.Followed);
        Assert.Equal(
            [(1L, (string?)null, "ESTABLISHED"), (2L, "ESTABLISHED", "CLOSED")],
            sampler.Events().OfType<StateEvent>().Select(state => (state.TimeNs, state.From, state.To)));
    }

    [HostFact]
    public async Task WhatWaitsAfterItsClose_IsAskedForAgain_WhenASegmentComes_OrAfterAWhile()
    {
        await using Pair pair = Pair.Create();
        using var sampler = new HostSampler(pair.Client, participant: 0);
        (KernelSocket client, KernelSocket server) = await pair.ConnectAsync();
        int port = client.LocalAddress.Port;
        client.Dispose();
        server.Dispose();
        long now = 1;
        sampler.Follow(pair.Client.Address, port, pair.Server.Address, Pair.Port);
        await Eventually.True(() =>
        {
            sampler.Sample(++now, withCounters: false);
            return sampler.Events().OfType<StateEvent>().LastOrDefault()?.To == "TIME_WAIT";
        });
        long asked = sampler.Asked;
        sampler.Sample(++now, withCounters: false);
        Assert.Equal(asked, sampler.Asked);
        sampler.Follow(pair.Client.Address, port, pair.Server.Address, Pair.Port);
        sampler.Sample(++now, withCounters: false);
        Assert.Equal(asked + 1, sampler.Asked);
        sampler.Sample(now + 2_000_000_000, withCounters: false);
        Assert.Equal(asked + 2, sampler.Asked);
        Assert.Single(sampler.Events().OfType<StateEvent>(), state => state.To == "TIME_WAIT");
    }

    [HostFact]
    public async Task AddressesOfOthers_AreNotFollowed_AndWhatNeverWas_IsForgotten()
    {
        await using Pair pair = Pair.Create();
        using var sampler = new HostSampler(pair.Client, participant: 0);
        sampler.Follow(s_elsewhere, 1, pair.Client.Address, 2);
        Assert.Equal(0, sampler.Followed);
        sampler.Follow(pair.Client.Address, 1, s_elsewhere, 2);
        Assert.Equal(1, sampler.Followed);

        for (int time = 0; time < 100; time++)
            sampler.Sample(time, withCounters: false);

        Assert.Equal(0, sampler.Followed);
        Assert.Empty(sampler.Events());
    }

    [HostFact]
    public async Task CountersOfAHostThatIsGone_AreANote_AndNoException()
    {
        Pair pair = Pair.Create();
        using var sampler = new HostSampler(pair.Client, participant: 0);
        sampler.Sample(timeNs: 1, withCounters: true);
        await pair.DisposeAsync();

        sampler.Sample(timeNs: 2, withCounters: true);
        sampler.Sample(timeNs: 3, withCounters: true);

        NoteEvent note = Assert.Single(sampler.Events().OfType<NoteEvent>());
        Assert.StartsWith("counters are missing: ", note.Text, StringComparison.Ordinal);
    }
}
