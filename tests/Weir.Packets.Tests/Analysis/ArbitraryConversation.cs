namespace Weir.Packets.Tests.Analysis;

/// <summary>
/// Two ends that mostly go on where they were, and often enough send something old, something ahead, nothing, a single byte or other windows,
/// at times near the limits that analyses have.
/// </summary>
internal static class ArbitraryConversation
{
    private static readonly double[] s_stepsMs = [0.001, 0.5, 1, 2.5, 3.5, 15, 25, 250];
    private static readonly int[] s_lengths = [0, 0, 0, 1, 100, 100, 300];
    private static readonly int[] s_windows = [0, 50, 100, 1000, 1000, 1000, 1000];

    public static Conversation Make(Random random, int port, bool canClose)
    {
        var talk = new Conversation(port);
        if (random.Next(5) > 0)
            talk.Open();
        long[] next = [1, 1];
        long[] acknowledged = [1, 1];
        int[] windows = [1000, 1000];
        for (int segment = 0; segment < 30; segment++)
        {
            int side = random.Next(2);
            int length = Pick(random, s_lengths);
            long seq = Math.Max(Place(random, next[side], acknowledged[1 - side]), 1);
            if (random.Next(3) == 0)
                acknowledged[side] = random.Next(4) == 0 ? Math.Max(next[1 - side] - 100, 1) : next[1 - side];
            if (random.Next(4) == 0)
                windows[side] = Math.Max(Pick(random, s_windows), canClose ? 0 : 1);
            bool hasSack = side == 1 && length == 0 && random.Next(6) == 0;
            byte[]? options = hasSack ? Conversation.Sack(acknowledged[side] + 100, acknowledged[side] + 200) : null;
            if (side == 0)
                talk.Client(seq, acknowledged[side], length, window: windows[side]);
            else
                talk.Server(seq, acknowledged[side], length, window: windows[side], options: options);
            next[side] = Math.Max(next[side], seq + length);
            talk.Wait(Pick(random, s_stepsMs));
        }

        return talk;
    }

    private static long Place(Random random, long next, long acknowledged) => random.Next(10) switch
    {
        0 => next - 1,
        1 => next - 100,
        2 => next - 200,
        3 => acknowledged,
        4 => next + 100,
        _ => next,
    };

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
