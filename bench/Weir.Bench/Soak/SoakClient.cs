using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Weir.Bench;

/// <summary>One thread with some dozens of connections, at a bounded rate. It uses System.Net.Sockets, and of it the plain calls only.</summary>
internal sealed class SoakClient(int seed, SoakServers servers, SoakPattern pattern, SoakTally tally)
{
    private const int BufferBytes = 64 * 1024;
    private const int MostPauseUs = 2_000;

    private readonly Random _random = new(seed);
    private readonly List<SoakConversation> _open = [];
    private readonly Dictionary<Socket, SoakConversation> _bySocket = [];
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ManualResetEventSlim _ending = new();
    private double _nextStartMs;

    private long NowMs => (long)Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Begins no more connections; the thread ends with the last one.</summary>
    public void End() => _ending.Set();

    public Task RunAsync() => Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run()
    {
        long giveUpAtMs = long.MaxValue;
        while (!_ending.IsSet || _open.Count > 0)
        {
            if (_ending.IsSet && giveUpAtMs == long.MaxValue)
                giveUpAtMs = NowMs + (long)SoakOptions.EndLimit.TotalMilliseconds;
            if (!_ending.IsSet)
                BeginDue();
            Wait();
            Move();
            if (NowMs > giveUpAtMs)
                _open.ForEach(conversation => conversation.GiveUp());
            RemoveEnded();
        }
    }

    // A long message takes its share of the rate before the next connection begins.
    private void BeginDue()
    {
        while (_open.Count < SoakOptions.ConnectionsPerThread && NowMs >= _nextStartMs)
        {
            SoakPlan plan = SoakPlan.Draw(_random);
            int connections = plan.End == SoakEnd.Burst ? SoakOptions.BurstConnections : 1;
            _nextStartMs = Math.Max(_nextStartMs, NowMs - 100) + Math.Max(
                connections * 1000.0 / SoakOptions.ConnectionsPerSecondAndThread,
                plan.TotalBytes * 1000.0 / SoakOptions.BytesPerSecondAndThread);
            if (plan.End == SoakEnd.Burst)
                Burst(plan);
            else if (Connect(plan, plan.Address) is { } socket)
                Add(plan, socket);
        }
    }

    private void Add(SoakPlan plan, Socket socket)
    {
        var conversation = new SoakConversation(plan, AddressOf(plan.Address).Scheme, socket, pattern, tally, NowMs);
        _open.Add(conversation);
        _bySocket.Add(socket, conversation);
    }

    private void Burst(SoakPlan plan)
    {
        var sockets = new List<Socket>();
        for (int i = 0; i < SoakOptions.BurstConnections; i++)
        {
            if (Connect(plan, plan.Address + i) is { } socket)
                sockets.Add(socket);
        }

        tally.Opened();
        foreach (Socket socket in sockets)
            socket.Dispose();
        tally.Closed(plan);
    }

    // The kernel completes it from the listener's queue, which is longer than all our connections: it does not block.
    private Socket? Connect(SoakPlan plan, int address)
    {
        (EndPoint endPoint, SoakScheme scheme) = AddressOf(address);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (plan.ReceiveBufferBytes is { } bytes)
                socket.ReceiveBufferSize = bytes;
            socket.Connect(endPoint);
            socket.Blocking = false;
            return socket;
        }
        catch (SocketException exception)
        {
            tally.Wrong($"connect over {scheme}: {exception.SocketErrorCode}");
            socket.Dispose();
            return null;
        }
    }

    private (EndPoint EndPoint, SoakScheme Scheme) AddressOf(int address) => servers.Addresses[address % servers.Addresses.Count];

    private void Wait()
    {
        _readable.Clear();
        _writable.Clear();
        long nowMs = NowMs;
        foreach (SoakConversation conversation in _open)
        {
            if (conversation.WantsRead(nowMs))
                _readable.Add(conversation.Socket);
            if (conversation.WantsWrite(nowMs))
                _writable.Add(conversation.Socket);
        }

        if (_readable.Count + _writable.Count > 0)
            Socket.Select(_readable, _writable, null, MostPauseUs);
        else
            _ending.Wait(TimeSpan.FromMicroseconds(MostPauseUs));
    }

    private void Move()
    {
        long nowMs = NowMs;
        foreach (Socket socket in _writable)
            _bySocket[socket].OnWritable(nowMs);
        foreach (Socket socket in _readable)
        {
            if (!_bySocket[socket].IsOver)
                _bySocket[socket].OnReadable(_buffer, nowMs);
        }

        foreach (SoakConversation conversation in _open)
            conversation.OnTurn(nowMs, _ending.IsSet);
    }

    private void RemoveEnded()
    {
        foreach (SoakConversation conversation in _open)
        {
            if (conversation.IsOver)
                _bySocket.Remove(conversation.Socket);
        }

        _open.RemoveAll(conversation => conversation.IsOver);
    }
}
