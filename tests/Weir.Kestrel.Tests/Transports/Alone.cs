using Xunit;

namespace Weir.Kestrel.Tests.Transports;

/// <summary>For tests that count what the whole process has: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
