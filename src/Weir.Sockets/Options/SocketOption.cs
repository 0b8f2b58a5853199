namespace Weir.Sockets;

/// <summary>One row of the option table: what the option is called, where the kernel keeps it, what it takes and when.</summary>
/// <remarks>
/// A row whose <see cref="Level"/> is <see cref="OptionLevel.None"/> is a parameter of listening (backlog, mode): it rides in
/// a URL's query like an option, but no setsockopt(2) belongs to it.
/// </remarks>
public abstract class SocketOption
{
    private protected SocketOption()
    {
    }

    /// <summary>The name in queries and on the command line: <c>rcvbuf</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel's name, <c>SO_RCVBUF</c>; null for a parameter of listening.</summary>
    public string? KernelName { get; init; }

    /// <summary>The level that setsockopt(2) takes.</summary>
    public required OptionLevel Level { get; init; }

    /// <summary>The option's number within its level; -1 for a parameter of listening.</summary>
    public int Number { get; init; } = -1;

    /// <summary>The unit of the value, <c>bytes</c> or <c>seconds</c>; null when it has none.</summary>
    public string? Unit { get; init; }

    /// <summary>One line that says what the option does.</summary>
    public required string Summary { get; init; }

    /// <summary>Where it is documented: <c>socket(7)</c>.</summary>
    public required string ManPage { get; init; }

    /// <summary>The first kernel that has the option; 2.0 stands for everything as old as that.</summary>
    public required Version FirstKernel { get; init; }

    public SocketOptionAccess Access { get; init; } = SocketOptionAccess.ReadWrite;

    /// <summary>How late in a socket's life a new value still takes effect.</summary>
    public SocketOptionDeadline WritableUntil { get; init; } = SocketOptionDeadline.Close;

    /// <summary>The schemes whose sockets know the option; a URL of another scheme refuses it.</summary>
    public required SocketSchemes AppliesTo { get; init; }

    /// <summary>The .NET type of the value.</summary>
    public abstract Type ValueType { get; }

    /// <summary>What a text value looks like, to follow the word "expected": <c>on or off</c>.</summary>
    public abstract string Syntax { get; }

    /// <summary>How many bytes setsockopt(2) and getsockopt(2) take at most.</summary>
    public abstract int SizeBytes { get; }

    public bool IsReadable => (Access & SocketOptionAccess.Read) != SocketOptionAccess.None;

    public bool IsWritable => (Access & SocketOptionAccess.Write) != SocketOptionAccess.None;

    /// <summary>Whether the row is a parameter of listening and not an option of the kernel's.</summary>
    public bool IsListenerParameter => Level == OptionLevel.None;

    /// <summary>Reads a value as it stands in a query and writes the bytes that setsockopt(2) takes.</summary>
    /// <param name="text">The value: <c>on</c>, <c>64k</c>, <c>30</c>.</param>
    /// <param name="destination">At least <see cref="SizeBytes"/> long.</param>
    /// <param name="writtenBytes">How much of the destination is the value.</param>
    /// <returns>False when the text is not what <see cref="Syntax"/> says.</returns>
    public abstract bool TryParse(ReadOnlySpan<char> text, Span<byte> destination, out int writtenBytes);

    /// <summary>The text of a value that getsockopt(2) gave; <see cref="TryParse"/> reads it again.</summary>
    public abstract string Format(ReadOnlySpan<byte> value);

    public override string ToString() => Name;
}
