using System.Buffers;
using System.Collections;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Weir.Sockets;

namespace Weir.Kestrel;

// The connection is its own collection of features, and each feature that the transport has. What others add or replace lies in a short list.
internal sealed partial class WeirConnection :
    IFeatureCollection,
    IConnectionIdFeature,
    IConnectionTransportFeature,
    IConnectionItemsFeature,
    IMemoryPoolFeature,
    IConnectionLifetimeFeature,
    IConnectionEndPointFeature,
    IConnectionSocketFeature,
    ISocketInfoFeature
{
    private static readonly Type[] s_own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IMemoryPoolFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature), typeof(ISocketInfoFeature),
    ];

    private List<KeyValuePair<Type, object?>>? _others;
    private SharedSocket? _socket;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => _pool;

    Socket IConnectionSocketFeature.Socket => Shared.Get(_connection.Socket);

    private SharedSocket Shared => _socket ?? Interlocked.CompareExchange(ref _socket, new SharedSocket(), null) ?? _socket;

    TcpInfo? ISocketInfoFeature.TcpInfo => _connection.Info;

    ConnectionQueues ISocketInfoFeature.Queues => _connection.Queues;

    ProcessCredentials? ISocketInfoFeature.PeerCredentials => _connection.PeerCredentials;

    long ISocketInfoFeature.ReceivedBytes => _connection.ReceivedBytes;

    long ISocketInfoFeature.SentBytes => _connection.SentBytes;

    bool IFeatureCollection.IsReadOnly => false;

    /// <summary>Counts what was added or replaced.</summary>
    public int Revision { get; private set; }

    object? IFeatureCollection.this[Type key]
    {
        get => Find(key);
        set => Put(key, value);
    }

    TFeature? IFeatureCollection.Get<TFeature>()
        where TFeature : default => (TFeature?)Find(typeof(TFeature));

    void IFeatureCollection.Set<TFeature>(TFeature? instance)
        where TFeature : default => Put(typeof(TFeature), instance);

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (Type own in s_own)
        {
            if (Find(own) is { } feature)
                yield return new KeyValuePair<Type, object>(own, feature);
        }

        foreach ((Type key, object? feature) in _others ?? [])
        {
            if (feature is not null && !s_own.Contains(key))
                yield return new KeyValuePair<Type, object>(key, feature);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private object? Find(Type key)
    {
        if (_others is { } others)
        {
            foreach ((Type other, object? feature) in others)
            {
                if (other == key)
                    return feature;
            }
        }

        return s_own.Contains(key) ? this : null;
    }

    private void Put(Type key, object? feature)
    {
        Revision++;
        _others ??= new List<KeyValuePair<Type, object?>>(capacity: 8);
        int index = _others.FindIndex(other => other.Key == key);
        var entry = new KeyValuePair<Type, object?>(key, feature);
        if (index < 0)
            _others.Add(entry);
        else
            _others[index] = entry;
    }
}
