namespace Weir.Packets.Dissection;

/// <summary>
/// A place in a TCP stream, modulo 2^32 (RFC 9293, section 3.4). One is before another when the shorter way leads forward, so comparing makes
/// sense for places that are less than 2 GiB apart.
/// </summary>
public readonly record struct SequenceNumber(uint Value) : IComparable<SequenceNumber>
{
    public static SequenceNumber operator +(SequenceNumber start, int bytes) => new(unchecked(start.Value + (uint)bytes));

    public static SequenceNumber operator -(SequenceNumber start, int bytes) => new(unchecked(start.Value - (uint)bytes));

    /// <summary>The bytes from <paramref name="right"/> to <paramref name="left"/>, negative when <paramref name="left"/> comes first.</summary>
    public static int operator -(SequenceNumber left, SequenceNumber right) => unchecked((int)(left.Value - right.Value));

    public static bool operator <(SequenceNumber left, SequenceNumber right) => left - right < 0;

    public static bool operator >(SequenceNumber left, SequenceNumber right) => right - left < 0;

    public static bool operator <=(SequenceNumber left, SequenceNumber right) => !(left > right);

    public static bool operator >=(SequenceNumber left, SequenceNumber right) => !(left < right);

    public static SequenceNumber Add(SequenceNumber start, int bytes) => start + bytes;

    public static int Subtract(SequenceNumber left, SequenceNumber right) => left - right;

    /// <summary>The later of two.</summary>
    public static SequenceNumber Max(SequenceNumber left, SequenceNumber right) => left < right ? right : left;

    public int CompareTo(SequenceNumber other) => this - other;

    public override string ToString() => Value.ToString();
}
