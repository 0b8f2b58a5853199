using System.Net;

namespace Weir.Packets.Flows;

/// <summary>A UDP datagram's place among the flows of a capture.</summary>
/// <param name="Flow">Counts the capture's flows from 0, in the order of their first datagrams, as tshark's udp.stream does.</param>
/// <param name="Initiator">Who sent the first one.</param>
/// <param name="Responder">The other end.</param>
/// <param name="IsFromInitiator">Who sent this one.</param>
public readonly record struct DatagramPlace(long Flow, IPEndPoint Initiator, IPEndPoint Responder, bool IsFromInitiator);
