using System.Runtime.InteropServices;

namespace Weir.Linux;

/// <summary>struct sched_param (sched(7)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct sched_param
{
    public int sched_priority;
}
