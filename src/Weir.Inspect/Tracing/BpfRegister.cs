namespace Weir.Inspect.Tracing;

/// <summary>The registers of BPF. A call takes R1 to R5, answers in R0 and leaves R6 to R9 as they were; the stack lies below the frame's end.</summary>
internal enum BpfRegister
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    Frame,
}
