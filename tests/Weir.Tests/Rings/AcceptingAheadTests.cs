using System.Net;
using Weir.Linux;
using Weir.Sockets;
using Weir.Testing;
using Weir.Tests.Engines;
using Xunit;
using static Weir.Linux.Uapi;

namespace Weir.Tests.Rings;

/// <summary>The kernel accepts on its own, and more than there are places: the rest is kept, served when places come back, and let go at the end.</summary>
public sealed class AcceptingAheadTests : IAsyncLifetime
{
    private const int Places = 10;
    private const int Clients = 60;

    private readonly LoopGroup _loops = new(1, new LoopOptions { Engine = LoopEngine.Uring, AcceptsPerTurn = 4 });
    private readonly Owner _owner = new();
    private readonly List<Peer> _peers = [];
    private Acceptor _acceptor = null!;

    public async Task InitializeAsync()
    {
        KernelSocket listener = KernelSocket.Create(AF_INET, SOCK_STREAM);
        listener.Bind(KernelAddress.FromIPAddress(IPAddress.Loopback, port: 0));
        listener.Listen(2 * Clients);
        KernelAddress address = listener.LocalAddress;
        _acceptor = new Acceptor(_loops.Loops[0], listener, _owner);
        _acceptor.Resume();
        await Turn.AfterAsync(_loops.Loops[0]);
        for (int i = 0; i < Clients; i++)
        {
            KernelSocket client = KernelSocket.Create(AF_INET, SOCK_STREAM);
            client.Connect(address, Deadline.Generous);
            _peers.Add(new Peer(client));
        }
    }

    public async Task DisposeAsync()
    {
        await _loops.DisposeAsync();
        _peers.ForEach(peer => peer.Dispose());
        _owner.Dispose();
    }

    [RequiresUringFact]
    public async Task WhoFoundNoPlace_IsServed_WhenManyComeBackAtOnce()
    {
        await Eventually.True(() => _owner.Accepted == Places);

        _owner.AddPlaces(Clients - Places);
        _acceptor.ResumeIfPaused();

        await Eventually.True(() => _owner.Accepted == Clients);
        await _acceptor.CloseAsync().InTime();
    }

    [RequiresUringFact]
    public async Task AClose_WaitsForPlaces_AndServesAll()
    {
        await Eventually.True(() => _owner.Accepted == Places);
        Task closing = _acceptor.CloseAsync();
        await Turn.AfterAsync(_loops.Loops[0]);
        Assert.False(closing.IsCompleted);

        _owner.AddPlaces(Clients);
        _acceptor.ResumeIfPaused();

        await closing.InTime();
        Assert.Equal(Clients, _owner.Accepted);
    }

    [RequiresUringFact]
    public async Task WhoIsNeverServed_SeesAnEnd()
    {
        await Eventually.True(() => _owner.Accepted == Places);
        Task closing = _acceptor.CloseAsync();
        _acceptor.LeaveQueue();

        await closing.InTime();

        Assert.Equal(Places, _owner.Accepted);
        _owner.Dispose();
        foreach (Peer peer in _peers)
            Assert.Contains(peer.ReceiveError(), new[] { Errno.None, Errno.ECONNRESET });
    }

    private sealed class Owner : IAcceptorOwner, IDisposable
    {
        private readonly List<KernelSocket> _sockets = [];
        private int _places = Places;

        public bool HasManyPlaces => true;

        public int Accepted
        {
            get
            {
                lock (_sockets)
                    return _sockets.Count;
            }
        }

        public void AddPlaces(int count) => Interlocked.Add(ref _places, count);

        public bool TryTakePlace()
        {
            if (Interlocked.Decrement(ref _places) >= 0)
                return true;
            Interlocked.Increment(ref _places);
            return false;
        }

        public void ReturnPlace() => Interlocked.Increment(ref _places);

        public void OnAccepted(Acceptor acceptor, KernelSocket socket)
        {
            lock (_sockets)
                _sockets.Add(socket);
        }

        public void OnExhausted(Acceptor acceptor, Errno errno) => throw new InvalidOperationException($"{errno}");

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
