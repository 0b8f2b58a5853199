namespace Weir.Packets.Tests.Fuzzing;

/// <summary>Breaks bytes in the ways that wires, disks and attackers do.</summary>
internal static class Mutation
{
    private static readonly byte[] s_likely = [0, 1, 2, 4, 8, 0x0F, 0x40, 0x7F, 0x80, 0xC0, 0xFE, 0xFF];

    public static byte[] Of(byte[] bytes, Random random)
    {
        byte[] result = [.. bytes];
        for (int count = random.Next(1, 6); count > 0; count--)
            result = Once(result, random);
        return result;
    }

    private static byte[] Once(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        int place = random.Next(bytes.Length);
        int length = random.Next(bytes.Length - place) + 1;
        switch (random.Next(8))
        {
            case 0: return bytes[..place];
            case 1: return [.. bytes[..place], .. bytes[(place + length)..]];
            case 2: return [.. bytes[..(place + length)], .. bytes[place..]];
            case 3:
                bytes[place] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 4:
                random.NextBytes(bytes.AsSpan(place, Math.Min(length, 8)));
                return bytes;
            case 5:
                bytes.AsSpan(place, Math.Min(length, 4)).Fill((byte)(random.Next(2) * 0xFF));
                return bytes;
            default:
                bytes[place] = s_likely[random.Next(s_likely.Length)];
                return bytes;
        }
    }
}
