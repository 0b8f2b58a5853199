namespace Weir.Linux.Tests.Headers;

/// <summary>One statement about the ABI: that a C expression has the value that Weir.Linux gives it.</summary>
/// <param name="Name">What a failure shows.</param>
/// <param name="Expression">An integer constant expression in C.</param>
/// <param name="Value">What Weir.Linux says.</param>
/// <param name="Since">The kernel, as "6.2", whose headers brought it; older headers are not asked.</param>
internal sealed record AbiFact(string Name, string Expression, long Value, string? Since = null);
