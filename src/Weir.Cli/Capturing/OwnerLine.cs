using Weir.Packets;
using Weir.Packets.Flows;
using static Weir.Linux.Uapi;

namespace Weir.Cli.Capturing;

/// <summary>
/// Gives frames on together with their owners, in their order. A flow whose process is not found at once holds the line for a moment, so that its
/// first packets have an owner too.
/// </summary>
internal sealed class OwnerLine(FlowOwners owners, TimeProvider time, OwnedFrameHandler next)
{
    private const int MaxHeld = 4096;
    private const int MaxHeldBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(150);

    // With the longest headers: opening segments carry no data, or little.
    private const int MaxOpeningBytes = 160;

    private readonly Queue<Held> _held = new();
    private int _heldBytes;
    private readonly DerivedFlows _derived = new();

    private readonly RecentOwners _recent = new();

    /// <summary>Whether frames wait for their owners, who are to be asked for again soon.</summary>
    public bool IsHolding => _held.Count > 0;

    public void Take(in FrameView frame)
    {
        if (_held.Count == 0 && _recent.Find(frame) is { } recent)
            next(frame, recent);
        else
            TakeOther(frame);
    }

    /// <summary>Gives on whom nothing holds any longer.</summary>
    /// <param name="isOver">Nothing more is waited for.</param>
    public void Release(bool isOver)
    {
        while (_held.TryPeek(out Held held))
        {
            bool isSettled = true;
            // Who was known stays: others may have the addresses by now.
            FlowOwner owner = held.Owner ?? owners.Of(held.Key!.Value, held.Frame.TimestampNs, out isSettled);
            if (!isSettled && !isOver && _held.Count <= MaxHeld && _heldBytes <= MaxHeldBytes && time.GetElapsedTime(held.TakenAt) < s_longestWait)
                return;
            _held.Dequeue();
            _heldBytes -= held.Frame.Bytes.Length;
            next(FrameView.Of(held.Frame), owner);
        }
    }

    /// <summary>What was learned so far is no longer true.</summary>
    public void Forget()
    {
        owners.Forget();
        _recent.Forget();
    }

    private void TakeOther(in FrameView frame)
    {
        bool isSettled = true;
        FlowOwner owner = FlowOwner.Unknown;
        bool hasPorts = FlowKey.TryRead(frame.Bytes, frame.Link, out FlowKey key);
        bool isFlow = hasPorts;
        if (!hasPorts)
            isFlow = _derived.TryFind(frame.ToFrame(), out key) && owners.Knows(key.Protocol);
        else if (key.Protocol == IPPROTO_TCP && frame.OriginalBytes < MaxOpeningBytes && FlowKey.IsOpening(frame.Bytes, frame.Link, out uint sequence))
            Open(frame, key, sequence);
        if (isFlow)
            owner = owners.Of(key, frame.TimestampNs, out isSettled);
        if (_held.Count == 0 && isSettled)
        {
            if (hasPorts && owners.MayRecall)
                _recent.Add(frame, owner);
            next(frame, owner);
            return;
        }

        _held.Enqueue(new Held(frame.ToFrame(), isFlow ? key : null, isSettled ? owner : null, time.GetTimestamp()));
        _heldBytes += frame.Bytes.Length;
        Release(isOver: false);
    }

    private void Open(in FrameView frame, in FlowKey key, uint sequence)
    {
        owners.Open(key, frame.TimestampNs, sequence);
        _recent.Forget();
    }

    private readonly record struct Held(CapturedFrame Frame, FlowKey? Key, FlowOwner? Owner, long TakenAt);
}

/// <summary>Takes a frame whose owner is known, or will not be.</summary>
internal delegate void OwnedFrameHandler(in FrameView frame, FlowOwner owner);
