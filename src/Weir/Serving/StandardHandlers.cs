using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Weir;

/// <summary>The small services of old, as handlers: good for trying things out.</summary>
public static partial class StandardHandlers
{
    private const int ChargenColumns = 72;
    private const int ChargenFirst = ' ';
    private const int ChargenCharacters = '~' - ' ' + 1;

    /// <summary>Sends back what comes, until it ends (RFC 862).</summary>
    public static async Task Echo(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            // Only what is needed after the write is kept across it: an idle connection is as small as its handler.
            (SequencePosition end, bool isLast) = (read.Buffer.End, read.IsCompleted);
            FlushResult flushed = await connection.Output.WriteAsync(read.Buffer).ConfigureAwait(false);
            connection.Input.AdvanceTo(end);
            if (isLast || flushed.IsCompleted)
                return;
        }
    }

    /// <summary>Throws away what comes, until it ends (RFC 863).</summary>
    public static async Task Discard(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        while (true)
        {
            ReadResult read = await connection.Input.ReadAsync().ConfigureAwait(false);
            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>Sends lines of 72 printable characters, each shifted by one, until the peer closes (RFC 864).</summary>
    public static async Task Chargen(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        for (int shift = 0; ; shift = (shift + 1) % ChargenCharacters)
        {
            WriteChargenLine(connection.Output.GetSpan(ChargenColumns + 2), shift);
            connection.Output.Advance(ChargenColumns + 2);
            if (connection.Output.UnflushedBytes < 8 * 1024)
                continue;
            FlushResult flushed = await connection.Output.FlushAsync().ConfigureAwait(false);
            if (flushed.IsCompleted || HasPeerFinished(connection))
                return;
        }
    }

    /// <summary>Sends the time as one line and closes (RFC 867).</summary>
    public static async Task Daytime(Connection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await connection.Output.WriteAsync(TimeLine()).ConfigureAwait(false);
    }

    private static byte[] TimeLine()
    {
        string now = TimeProvider.System.GetLocalNow().ToString("dddd, MMMM d, yyyy HH:mm:sszzz", CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes(now + "\r\n");
    }

    // Chargen ignores what it is sent, but a peer that half-closes has no other way to say that it has enough.
    private static bool HasPeerFinished(Connection connection)
    {
        if (!connection.Input.TryRead(out ReadResult read))
            return false;
        connection.Input.AdvanceTo(read.Buffer.End);
        return read.IsCompleted;
    }

    private static void WriteChargenLine(Span<byte> line, int shift)
    {
        for (int column = 0; column < ChargenColumns; column++)
            line[column] = (byte)(ChargenFirst + ((shift + column) % ChargenCharacters));
        line[ChargenColumns] = (byte)'\r';
        line[ChargenColumns + 1] = (byte)'\n';
    }
}
