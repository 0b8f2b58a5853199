using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Packets.Following;

/// <summary>
/// A followed piece for programs: <c>protocol</c> (tcp or udp), <c>stream</c> (its number), <c>from</c> and <c>to</c> (<c>address:port</c>),
/// <c>offsetBytes</c> in its direction, <c>lengthBytes</c>, and <c>data</c> in Base64; for a gap instead of data <c>missing</c>, a <see cref="FollowGap"/>.
/// </summary>
public static class FollowJson
{
    /// <summary>One line.</summary>
    public static string Serialize(FollowedPiece piece, string protocol, long stream, IPEndPoint from, IPEndPoint to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        bool isGap = piece.MissingBytes > 0;
        return JsonSerializer.Serialize(
            new FollowedLine(
                protocol, stream, from.ToString(), to.ToString(), piece.OffsetBytes, isGap ? piece.MissingBytes : piece.Bytes.Length,
                isGap ? JsonNames.Of(piece.Gap) : null, isGap ? null : Convert.ToBase64String(piece.Bytes.Span)),
            FollowJsonContext.Default.FollowedLine);
    }
}

internal sealed record FollowedLine(
    string Protocol, long Stream, string From, string To, long OffsetBytes, long LengthBytes, string? Missing, string? Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FollowedLine))]
internal sealed partial class FollowJsonContext : JsonSerializerContext;
