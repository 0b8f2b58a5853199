using System.Reflection;
using static Weir.Packets.Tests.Analysis.Conversation;

namespace Weir.Packets.Tests.Analysis;

/// <summary>Short conversations whose last segment is of interest.</summary>
internal static class Scenarios
{
    public static IEnumerable<string> Names =>
        typeof(Scenarios).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.ReturnType == typeof(Conversation) && method.GetParameters() is [{ ParameterType: var type }] && type == typeof(int))
            .Select(method => method.Name);

    public static Conversation Named(string name, int port = 50_001) =>
        (Conversation)typeof(Scenarios).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [port])!;

    public static Conversation NothingRemarkable(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Wait(1).Server(1, 101).Wait(1).Server(1, 101, 50).Wait(1).Client(101, 51);

    public static Conversation TimerRetransmission(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 100).Wait(200).Client(1, 1, 100);

    public static Conversation RepeatedSyn(int port) => new Conversation(port).Client(0, 0, flags: Syn).Wait(1000).Client(0, 0, flags: Syn);

    public static Conversation RepeatedSynAck(int port) =>
        new Conversation(port).Client(0, 0, flags: Syn).Wait(1).Server(0, 1, flags: SynAck).Wait(1000).Server(0, 1, flags: SynAck);

    public static Conversation RepeatedFin(int port) => new Conversation(port).Open().Client(1, 1, flags: Fin).Wait(200).Client(1, 1, flags: Fin);

    public static Conversation ThirdDuplicateAck(int port) => SecondDuplicateAck(port).Wait(1).Client(1, 1, 100);

    public static Conversation HoleBesideSack(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 100).Wait(5).Server(1, 1, options: Sack(101, 201)).Wait(1).Client(1, 1, 100);

    public static Conversation AcknowledgedBefore(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 100).Wait(1).Server(1, 201).Wait(200).Client(101, 1, 100);

    public static Conversation LateByHalfAMillisecond(int port) =>
        new Conversation(port).Open().Client(101, 1, 100).Wait(0.5).Client(1, 1, 100);

    public static Conversation Gap(int port) => new Conversation(port).Open().Client(1, 1, 100).Client(201, 1, 100);

    public static Conversation AckBeyondData(int port) => new Conversation(port).Open().Client(1, 1, 100).Server(1, 301);

    public static Conversation SecondDuplicateAck(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 100).Client(201, 1, 100).Wait(1).Server(1, 1).Server(1, 1).Server(1, 1);

    public static Conversation LastByteOfTheWindow(int port) =>
        new Conversation(port).Open().Server(1, 1, window: 100).Wait(1).Client(1, 1, 100).Client(101, 1, 100);

    /// <summary>The client offers no scale, so the server's does not count (RFC 7323, section 2.2).</summary>
    public static Conversation LastByteOfAWindowThatOnlyOneSideScales(int port) => new Conversation(port)
        .Client(seq: 0, ack: 0, flags: Conversation.Syn).Wait(1)
        .Server(seq: 0, ack: 1, flags: Conversation.SynAck, options: Samples.Frames.Hex("0303 0100")).Wait(1)
        .Client(1, 1).Wait(1)
        .Server(1, 1, window: 100).Wait(1)
        .Client(1, 1, 100);

    public static Conversation NoRoom(int port) => LastByteOfTheWindow(port).Wait(1).Server(1, 201, window: 0);

    public static Conversation ProbeWithAByte(int port) => NoRoom(port).Wait(200).Client(201, 1, 1);

    public static Conversation ProbeAnswered(int port) => ProbeWithAByte(port).Wait(1).Server(1, 201, window: 0);

    public static Conversation ProbeOfLinux(int port) => NoRoom(port).Wait(200).Client(200, 1);

    public static Conversation LinuxProbeAnswered(int port) => ProbeOfLinux(port).Wait(1).Server(1, 201, window: 0);

    public static Conversation RoomAgain(int port) => ProbeAnswered(port).Wait(50).Server(1, 201, window: 500);

    public static Conversation IdleProbe(int port) => new Conversation(port).Open().Client(1, 1, 100).Wait(1).Server(1, 101).Wait(10_000).Client(100, 1);

    public static Conversation IdleProbeAnswered(int port) => IdleProbe(port).Wait(1).Server(1, 101);

    public static Conversation TailAgain(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 100).Wait(30).Client(101, 1, 100);

    public static Conversation ArrivedTwice(int port) => AcknowledgedBefore(port).Wait(1).Server(1, 201, options: Sack(101, 201));

    public static Conversation ResetAhead(int port) => new Conversation(port).Open().Client(1, 1, 100).Client(5000, 0, flags: Conversation.Reset).Wait(1).Client(101, 1, 100);

    public static Conversation ResetAheadThenAck(int port) => ResetAhead(port).Wait(1).Server(1, 201).Wait(1).Client(201, 1, 100);

    public static Conversation ResetWithData(int port) =>
        new Conversation(port).Open().Client(1, 1, 100).Client(101, 1, 50, flags: ResetAck).Wait(1).Client(101, 1, 100);

    public static Conversation AckBeyondReset(int port) => new Conversation(port).Open().Client(1, 1, 100).Client(5000, 1, flags: ResetAck).Wait(1).Server(1, 5000);
}
