using System.Collections.Concurrent;
using System.Text;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Serving;

/// <summary>What comes to the door and is no well-behaved new process: the old one goes on, and the next is served.</summary>
public sealed class HandoverPeersTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly LoopGroup _loops = new(1);
    private readonly ConcurrentQueue<ServerEvent> _events = new();
    private readonly Interrupt _never = new();
    private Server _server = null!;

    private string Door => _folder.File("door");

    public async Task InitializeAsync() => _server = await StartAsync();

    [Fact]
    public void TheDoor_IsForItsOwnerOnly() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Door));

    [Fact]
    public async Task AProcessThatDiesWithTheSockets_ChangesNothing()
    {
        using (HandoverChannel killed = Connect())
            ReceiveOffer(killed);

        await Failed("ended before it served");
        await TheNextIsServed();
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("take 999")]
    [InlineData("take")]
    [InlineData("serving 0")]
    public async Task WhoSpeaksAnotherLanguage_IsRefused(string question)
    {
        using HandoverChannel stranger = Connect();
        stranger.Send(question, _never, Deadline.Generous);
        Assert.Equal($"refused {(int)Errno.EPROTO}", Receive(stranger));
        await Failed("refused, EPROTO");
        await TheNextIsServed();
    }

    [Theory]
    [InlineData("serving 7")]
    [InlineData("serving x")]
    [InlineData("serving 99999999999")]
    [InlineData("thanks")]
    public async Task WhoDoesNotSayThatItServes_ChangesNothing(string answer)
    {
        using HandoverChannel stranger = Connect();
        ReceiveOffer(stranger);
        stranger.Send(answer, _never, Deadline.Generous);
        Assert.Null(stranger.Receive(_never, Deadline.Generous));
        await Failed("this process goes on");
        await TheNextIsServed();
    }

    // Two seconds later it is the next one's turn.
    [Fact]
    public async Task WhoSaysNothing_KeepsNobodyOut()
    {
        using HandoverChannel silent = Connect();
        await TheNextIsServed();
        Assert.Contains(_events, happened => happened.Message.Contains("ETIMEDOUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStop_WaitsForTheProcessThatHasTheSockets()
    {
        using HandoverChannel next = Connect();
        ReceiveOffer(next);
        Task<int> stopped = _server.StopAsync(Deadline.Generous);
        next.Send("serving 0", _never, Deadline.Generous);
        Assert.Equal("draining 0", Receive(next));
        Assert.Equal(0, await stopped.InTime());
        Assert.Equal(1, (await _server.HandedOver.InTime()).Listeners);
        Assert.True(File.Exists(_folder.File("s")));
    }

    [Fact]
    public async Task AStopWithoutTime_DoesNot()
    {
        using HandoverChannel next = Connect();
        ReceiveOffer(next);
        await _server.DisposeAsync().AsTask().InTime();
        Assert.Equal("withdrawn", Receive(next));
        Assert.False(_server.HandedOver.IsCompleted);
        Assert.False(File.Exists(_folder.File("s")));
        Assert.False(File.Exists(Door));
    }

    [Fact]
    public async Task ADoorThatADeadServerLeft_IsReplaced()
    {
        string door = _folder.File("left");
        using (var dead = KernelSocket.Create(AF_UNIX, SOCK_SEQPACKET))
            dead.Bind(KernelAddress.FromUnixPath(door));
        await using Server server = await Server.StartAsync(
            new ServerOptions { Urls = [SocketUrl.Parse("tcp4://127.0.0.1:0")], Loops = _loops, HandoverPath = door }, StandardHandlers.Echo);
        Assert.Null(server.TookOver);
    }

    [Fact]
    public async Task ADoorOfAnotherKind_IsRefused_AndLeftAlone()
    {
        SocketUrl[] urls = [SocketUrl.Parse("tcp4://127.0.0.1:0")];
        SocketCallException refused = await Assert.ThrowsAsync<SocketCallException>(() => Server.StartAsync(
            new ServerOptions { Urls = urls, Loops = _loops, HandoverPath = _folder.File("s") }, StandardHandlers.Echo));
        Assert.Equal(Errno.EPROTOTYPE, refused.Errno);
        Assert.True(File.Exists(_folder.File("s")));
    }

    [Fact]
    public async Task MoreSocketsThanAMessageCarries_ComeInSeveral()
    {
        string door = _folder.File("many");
        var owner = new ManySockets(253 + 20);
        var offer = new HandoverOffer(HandoverDoor.Bind(HandoverDoor.UrlOf(door)), owner);
        offer.Start();
        using (HandoverTaking taking = (await HandoverTaking.TakeAsync(HandoverDoor.UrlOf(door), default))!)
        {
            Assert.Null(taking.TryTake(SocketUrl.Parse("tcp4://127.0.0.1:1")));
            using HandoverSockets? sockets = taking.TryTake(SocketUrl.Parse(ManySockets.Url));
            Assert.Equal(owner.Count, sockets!.Sockets.Count);
            Assert.Equal(owner.Addresses, sockets.Sockets.Select(socket => socket.LocalAddress));
            Assert.Null(taking.TryTake(SocketUrl.Parse(ManySockets.Url)));
            Assert.True(await taking.ConfirmAsync().InTime());
        }

        await offer.CloseAsync(Deadline.Generous).InTime();
        Assert.True(owner.IsReleased);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _loops.DisposeAsync();
        _never.Dispose();
        _folder.Dispose();
    }

    private Task<Server> StartAsync() => Server.StartAsync(
        new ServerOptions { Urls = [SocketUrl.Unix(_folder.File("s"))], Loops = _loops, HandoverPath = Door, OnEvent = _events.Enqueue },
        StandardHandlers.Echo);

    private HandoverChannel Connect() => new(HandoverDoor.Connect(HandoverDoor.UrlOf(Door), _never, Deadline.Generous)!, Door);

    private string? Receive(HandoverChannel channel)
    {
        using HandoverMessage? message = channel.Receive(_never, Deadline.Generous);
        return message?.Text;
    }

    private void ReceiveOffer(HandoverChannel channel)
    {
        channel.Send($"take {HandoverChannel.Version}", _never, Deadline.Generous);
        Assert.StartsWith($"offer {HandoverChannel.Version} {Environment.ProcessId} ", Receive(channel), StringComparison.Ordinal);
        Assert.EndsWith($" unix://{_folder.File("s")}", Receive(channel), StringComparison.Ordinal);
        Assert.Equal("end", Receive(channel));
    }

    private Task Failed(string why) => Eventually.True(() => _events.Any(happened =>
        happened.Kind == ServerEventKind.HandoverFailed && happened.Message.Contains(why, StringComparison.Ordinal)));

    private async Task TheNextIsServed()
    {
        Assert.False(_server.HandedOver.IsCompleted);
        await using Server next = await StartAsync();
        Assert.Equal(1, (await _server.HandedOver.InTime()).Listeners);
    }

    /// <summary>A source with many sockets, told from each other by their addresses.</summary>
    private sealed class ManySockets : IHandoverOwner, IHandoverSource
    {
        public const string Url = "tcp4://127.0.0.1:0";

        private readonly List<KernelSocket> _sockets = [];

        public ManySockets(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _sockets.Add(KernelSocket.Create(AF_UNIX, SOCK_STREAM));
                _sockets[i].Bind(KernelAddress.FromAbstractName(Encoding.ASCII.GetBytes($"weir-{Environment.ProcessId}-{i}-{Guid.NewGuid():N}")));
            }

            Addresses = [.. _sockets.Select(socket => socket.LocalAddress)];
        }

        public int Count => _sockets.Count;

        public KernelAddress[] Addresses { get; }

        public bool IsReleased { get; private set; }

        public IReadOnlyList<IHandoverSource> Sources => [this];

        public HandoverSockets Offer() => new(Url, PathInode: 0, _sockets);

        public Task ReleaseAsync() => Task.CompletedTask;

        public int Release(IReadOnlyList<IHandoverSource> taken, HandoverPeer peer)
        {
            Assert.Same(this, Assert.Single(taken));
            _sockets.ForEach(socket => socket.Dispose());
            return 0;
        }

        public void OnHandedOver(HandoverPeer peer) => IsReleased = true;

        public void OnFailed(string message) => throw new InvalidOperationException(message);
    }
}
