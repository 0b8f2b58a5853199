using System.Globalization;
using System.Text;
using Weir.Linux;

namespace Weir.Collecting;

/// <summary>When a file is full, and how it makes way: FILE becomes FILE.1, that FILE.2, and the oldest one goes.</summary>
internal sealed class FileRotation(long limitBytes, int keepFiles)
{
    // Beyond the limit, while the file could not make way.
    private long _extraBytes;

    public bool HasRoom(long sizeBytes) => sizeBytes <= limitBytes + _extraBytes;

    /// <summary>A new file has the limit from its beginning.</summary>
    public void Restart() => _extraBytes = 0;

    /// <summary>The file could not make way: it may grow once more by as much.</summary>
    public void Postpone(long sizeBytes) => _extraBytes = sizeBytes;

    /// <summary>Renames from the oldest to the newest, so that only what was to go is replaced.</summary>
    /// <returns>Why the file itself is still there, or None.</returns>
    public Errno Shift(byte[] path)
    {
        // After a gap nothing has to move.
        int last = 1;
        while (last < keepFiles && Sys.Stat(Numbered(path, last), out _).IsOk)
            last++;
        for (int number = last; number > 1; number--)
            Sys.Rename(Numbered(path, number - 1), Numbered(path, number));
        return Sys.Rename(path, Numbered(path, 1)).Errno;
    }

    private static byte[] Numbered(byte[] path, int number) =>
        [.. path, (byte)'.', .. Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))];
}
