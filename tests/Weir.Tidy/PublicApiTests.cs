using System.Reflection;
using Weir.Testing;
using Weir.Tidy.Api;
using Xunit;
using Xunit.Sdk;

namespace Weir.Tidy;

/// <summary>What each library offers is written down, so that a change of it is seen in the review.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Weir.Linux")]
    [InlineData("Weir.Sockets")]
    [InlineData("Weir")]
    [InlineData("Weir.Kestrel")]
    [InlineData("Weir.Packets")]
    [InlineData("Weir.Wire")]
    [InlineData("Weir.Inspect")]
    public void PublicApi_IsWhatIsWrittenDown(string library)
    {
        string path = Repository.At("src", library, "PublicApi.txt");
        string[] now = [.. ApiSurface.Of(Assembly.Load(library))];
        if (Environment.GetEnvironmentVariable("WEIR_ACCEPT_API") == "1")
            File.WriteAllLines(path, now);

        string[] written = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (!written.SequenceEqual(now))
            throw new XunitException($"{path} differs; if the change is meant: ./test --accept-api\n{Changes(written, now)}");
    }

    [Fact]
    public void ADifference_IsShownWithItsType() =>
        Assert.Equal(
            ["- A.B: int X { get; }", "+ A.B: long X { get; }"],
            ApiSurface.Difference(["class A.B : IDisposable", "  int X { get; }"], ["class A.B : IDisposable", "  long X { get; }"]));

    [Fact]
    public void Members_ReadLikeCSharp() =>
        Assert.Equal(
            """
            abstract class Weir.Tidy.PublicApiTests.Sample<T> : IDisposable where T : struct, IEquatable<T>
              protected Sample(int? size = 3)
              abstract void Dispose()
              Dictionary<string, T[]> Items { get; init; }
              const string Name = "sample"
              ref T Pick<TOther>(in TOther one, ref int two, out (int, T) three, params object[] rest) where TOther : class, new()
              override string ToString()
            """,
            string.Join('\n', ApiSurface.Of(typeof(Sample<>))));

    private static string Changes(string[] written, string[] now)
    {
        string changes = string.Join('\n', ApiSurface.Difference(written, now));
        return changes.Length == 0 ? "(the same lines in another order)" : changes;
    }

    public abstract class Sample<T> : IDisposable
        where T : struct, IEquatable<T>
    {
        public const string Name = "sample";

        private static readonly T[] s_one = new T[1];

        protected Sample(int? size = 3) => Items = new Dictionary<string, T[]>(size ?? 0);

        public Dictionary<string, T[]> Items { get; init; }

        public ref T Pick<TOther>(in TOther one, ref int two, out (int Number, T Value) three, params object[] rest)
            where TOther : class, new()
        {
            three = (two, s_one[0]);
            return ref s_one[0];
        }

        public override string ToString() => Name;

        public abstract void Dispose();

        internal void Hidden() => Items.Clear();
    }
}
