using System.Runtime.CompilerServices;

namespace Weir.Wire.Tests;

/// <summary>Recordings in this process see calls: the hook is fixed with the first one, so nothing may come before.</summary>
internal static class RecordingCalls
{
#pragma warning disable CA2255 // It is a program's beginning that is wanted, and a test library has no other.
    [ModuleInitializer]
    internal static void Install() => NetworkRecorder.Install();
#pragma warning restore CA2255
}
