using System.Text.RegularExpressions;
using Weir.Testing;
using Xunit;

namespace Weir.EndToEnd.Transcripts;

/// <summary>The page with other programs' command lines and ours beside them: both run, and each recipe has both.</summary>
public sealed partial class RecipeTests
{
    internal const string Document = "docs/recipes.md";
    private const string Activator = "systemd-socket-activate";
    private const int MinimumRecipes = 25;

    [RequiresProgramsFact("socat", "ncat", "nc.openbsd=netcat-openbsd", "openssl", "logger=bsdutils", "ss=iproute2")]
    public Task EveryRecipe_DoesWhatThePageSays() => TranscriptRun.CheckAllAsync(Document);

    [RequiresProgramsFact("socat", "nc.openbsd=netcat-openbsd", "ss=iproute2", $"{Activator}=systemd")]
    public Task RecipesWithSystemd_DoWhatThePageSays() => TranscriptRun.CheckAllAsync(Document, needs: Activator);

    [Fact]
    public void EveryRecipe_ShowsTheirCommandAndOurs()
    {
        string[] recipes = Heading().Split(File.ReadAllText(Repository.At(Document)))[1..];

        Assert.InRange(recipes.Length, MinimumRecipes, int.MaxValue);
        Assert.All(recipes, recipe => Assert.Matches(Theirs(), recipe));
        Assert.All(recipes, recipe => Assert.Contains("./weir ", recipe, StringComparison.Ordinal));
    }

    [GeneratedRegex("^### ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\b(socat|ncat|nc) ")]
    private static partial Regex Theirs();
}
