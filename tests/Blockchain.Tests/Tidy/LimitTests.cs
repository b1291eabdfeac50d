using System.Reflection;
using Blockchain.Core.BankNetwork;

namespace Blockchain.Tests.Tidy;

/// <summary>A limit that no test meets is a wish.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Every_limit_is_enforced_by_the_product_and_met_by_a_test()
    {
        string product = TextOf("src");
        string tests = TextOf("tests");
        string[] limits = typeof(Limits).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => $"Limits.{field.Name}").ToArray();

        limits.Should().NotBeEmpty();
        limits.Should().AllSatisfy(limit =>
        {
            product.Should().Contain(limit, "the product enforces its limits");
            tests.Should().Contain(limit, "a test meets each limit");
        });
    }

    private static string TextOf(string folder) =>
        string.Join('\n', Repository.Files(folder, "*.cs").Select(path => File.ReadAllText(Repository.PathOf(path))));
}
