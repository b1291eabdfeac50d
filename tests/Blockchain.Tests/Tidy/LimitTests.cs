using System.Reflection;
using System.Text.RegularExpressions;
using Blockchain.Core.BankNetwork;
using Blockchain.Core.OpenNetwork;

namespace Blockchain.Tests.Tidy;

/// <summary>A limit that no test meets is a wish.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(typeof(Limits))]
    [InlineData(typeof(OpenLimits))]
    public void Every_limit_is_enforced_by_the_product_and_met_by_a_test(Type list)
    {
        HashSet<string> product = NamesIn(list, "src");
        HashSet<string> tests = NamesIn(list, "tests");
        string[] limits = list.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => field.Name).ToArray();

        limits.Should().NotBeEmpty();
        product.Should().Contain(limits, "the product enforces its limits");
        tests.Should().Contain(limits, "a test meets each limit");
    }

    private static HashSet<string> NamesIn(Type list, string folder) =>
        [.. Regex.Matches(TextOf(folder), $@"\b{list.Name}\.(\w+)").Select(match => match.Groups[1].Value)];

    private static string TextOf(string folder) =>
        string.Join('\n', Repository.Files(folder, "*.cs").Select(path => File.ReadAllText(Repository.PathOf(path))));
}
