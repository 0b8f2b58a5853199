using System.Runtime.CompilerServices;

namespace Weir.Linux;

/// <summary>What a system call answered: a value of zero or more, or an error number. The kernel's own encoding, so it costs a register.</summary>
public readonly struct SysResult : IEquatable<SysResult>
{
    private readonly nint _raw;

    /// <param name="raw">The kernel's return value: a value, or a negated error number.</param>
    public SysResult(nint raw) => _raw = raw;

    public static SysResult Failed(Errno errno) => new(-(nint)(int)errno);

    public bool IsOk
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _raw >= 0;
    }

    /// <summary>The call's value: a count, a descriptor, or 0. Meaningless when <see cref="IsOk"/> is false.</summary>
    public int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)_raw;
    }

    /// <summary>An address, of the calls that give one.</summary>
    internal nint Raw => _raw;

    public Errno Errno
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _raw >= 0 ? Errno.None : (Errno)(int)-_raw;
    }

    public static bool operator ==(SysResult left, SysResult right) => left._raw == right._raw;

    public static bool operator !=(SysResult left, SysResult right) => left._raw != right._raw;

    public bool Equals(SysResult other) => _raw == other._raw;

    public override bool Equals(object? obj) => obj is SysResult other && Equals(other);

    public override int GetHashCode() => _raw.GetHashCode();

    public override string ToString() => IsOk ? Value.ToString() : Errno.ToString();
}
