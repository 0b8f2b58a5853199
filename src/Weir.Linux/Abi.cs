using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>Which of the two supported kernel ABIs this process runs on.</summary>
public static class Abi
{
    /// <summary>True on x64, false on arm64. A constant to the optimising JIT.</summary>
    public static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => true,
        Architecture.Arm64 => false,
        var other => throw new PlatformNotSupportedException($"Weir knows the Linux ABI of x64 and arm64, not of {other}."),
    };
}
