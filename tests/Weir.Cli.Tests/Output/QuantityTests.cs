using Weir.Cli.Output;
using Xunit;

namespace Weir.Cli.Tests.Output;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(0.4, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1000 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(49152, "48 KiB")]
    [InlineData(1310720, "1.25 MiB")]
    [InlineData(200.0 * 1024 * 1024, "200 MiB")]
    [InlineData(3.0 * 1024 * 1024 * 1024, "3 GiB")]
    [InlineData(5000.0 * 1024 * 1024 * 1024 * 1024, "5000 TiB")]
    [InlineData(1023.6, "1 KiB")]
    [InlineData(1048575, "1 MiB")]
    public void Bytes_HaveThreeDigitsAndABinaryUnit(double bytes, string text) => Assert.Equal(text, Quantity.Bytes(bytes));

    [Theory]
    [InlineData(0, "0 connections")]
    [InlineData(1, "1 connection")]
    [InlineData(12345, "12,345 connections")]
    public void Connections_AreCounted(long count, string text) => Assert.Equal(text, Quantity.Connections(count));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(12345, "12,345")]
    [InlineData(1234567.8, "1,234,568")]
    public void Counts_AreWholeWithSeparators(double count, string text) => Assert.Equal(text, Quantity.Count(count));
}
