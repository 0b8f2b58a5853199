using Weir.Testing;
using Xunit;

namespace Weir.Linux.Tests.Headers;

/// <summary>Weir.Linux against what the C compiler of this machine says.</summary>
public sealed class NativeCompilerTests
{
    private static readonly HashSet<string> s_sample =
        ["EPOLLET", "ECONNREFUSED", "NR.accept4", "sizeof msghdr", "statx.stx_mode", "tcp_info.tcpi_rtt", "sizeof epoll_event"];

    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task ConstantsNumbersAndLayouts_AreTheCompilers()
    {
        AbiFact[] facts = [.. AbiFacts.On(Abi.IsX64)];
        string[] answers = await Answers(facts);

        Assert.Equal(facts.Length, answers.Length);
        string[] wrong =
        [
            .. facts.Zip(answers)
                .Where(pair => pair.Second != "-" && pair.Second != pair.First.Value.ToString())
                .Select(pair => $"{pair.First.Name}: {pair.First.Value} in Weir.Linux, {pair.Second} in C"),
        ];
        Assert.Empty(wrong);
    }

    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task AWrongFact_IsFound()
    {
        string[] answers = await Answers([new AbiFact("wrong", "EPERM", 2), new AbiFact("young", "NO_SUCH_NAME", 1, Since: "99.0")]);

        Assert.Equal(["1", "-"], answers);
    }

    [Fact]
    public void Facts_CoverEachKind()
    {
        HashSet<string> names = [.. AbiFacts.On(x64: true).Select(fact => fact.Name)];

        Assert.Superset(s_sample, names);
    }

    /// <summary>Fields younger than the headers follow each other without a gap, from where the headers' structure ends.</summary>
    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task TcpInfo_YoungFields_FollowTheHeadersOwn()
    {
        AbiFact[] young = [.. AbiFacts.On(Abi.IsX64).Where(fact => fact.Since is not null && fact.Name.StartsWith("tcp_info."))];
        string[] answers = await Answers([.. young, new AbiFact("end", "sizeof(struct tcp_info)", 0)]);
        int end = int.Parse(answers[^1]);

        foreach ((AbiFact fact, string answer) in young.Zip(answers))
        {
            if (answer == "-")
            {
                Assert.True(fact.Value == end, $"{fact.Name} is at {fact.Value}, the one before it ends at {end}");
                end += SizeOfField(fact.Name);
            }
        }
    }

    /// <summary>Bit fields have no offset in C; setting them shows the byte and the bits.</summary>
    [RequiresProgramFact("gcc", package: "gcc libc6-dev")]
    public async Task TcpInfo_MergedBitFields_LieInTheBytesThatWeNameForThem()
    {
        const string Main = """
            #include <stdio.h>
            #include <string.h>
            #include <linux/tcp.h>
            #define SHOW(field, value) memset(&info, 0, sizeof info); info.field = value; \
                for (int i = 0; i < 16; i++) if (((unsigned char *)&info)[i]) printf(#field " %d %d\n", i, ((unsigned char *)&info)[i])
            int main(void) {
                struct tcp_info info;
                SHOW(tcpi_snd_wscale, 15);
                SHOW(tcpi_rcv_wscale, 15);
                SHOW(tcpi_delivery_rate_app_limited, 1);
                SHOW(tcpi_fastopen_client_fail, 3);
            }
            """;
        int wscales = AbiFacts.Offset(typeof(tcp_info).GetField(nameof(tcp_info.tcpi_wscales))!);
        int flags = AbiFacts.Offset(typeof(tcp_info).GetField(nameof(tcp_info.tcpi_delivery_flags))!);

        Assert.Equal(
            [
                $"tcpi_snd_wscale {wscales} 15",
                $"tcpi_rcv_wscale {wscales} 240",
                $"tcpi_delivery_rate_app_limited {flags} 1",
                $"tcpi_fastopen_client_fail {flags} 6",
            ],
            await Output(Main));
    }

    private static Task<string[]> Answers(AbiFact[] facts) => Output(CSource.Printing(facts));

    private static async Task<string[]> Output(string source)
    {
        using var folder = new TemporaryFolder();
        string program = folder.File("facts");
        (await new Run("gcc", "-x", "c", "-o", program, "-") { Input = source }.ToEnd()).Succeeded();
        return (await new Run(program).ToEnd()).Succeeded().Lines;
    }

    private static int SizeOfField(string title) =>
        typeof(tcp_info).GetField(title.Split('.')[1])!.FieldType == typeof(ushort) ? sizeof(ushort) : sizeof(uint);
}
