using System.Reflection;
using System.Xml.Linq;

namespace Blockchain.Tests.Tidy;

/// <summary>Which project may use which, and which folder of Core may use which.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Blockchain.Core"] = [],
        ["Blockchain.Wire"] = ["Blockchain.Core"],
        ["Blockchain.Bank"] = ["Blockchain.Wire", "Blockchain.Core"],
        ["Blockchain.Client"] = ["Blockchain.Wire", "Blockchain.Core"],
        ["Blockchain.Node"] = ["Blockchain.Wire", "Blockchain.Core"],
        ["Blockchain.Simulator"] = ["Blockchain.Core"],
        ["Blockchain.Cli"] =
        [
            "Blockchain.Bank", "Blockchain.Client", "Blockchain.Node", "Blockchain.Simulator", "Blockchain.Wire",
            "Blockchain.Core",
        ],
    };

    [Fact]
    public void Projects_refer_only_to_the_projects_that_the_architecture_allows()
    {
        string[] projects = Repository.Files("src", "*.csproj").ToArray();

        projects.Should().NotBeEmpty();
        projects.Should().AllSatisfy(path =>
        {
            string name = Path.GetFileNameWithoutExtension(path);
            Arrows.Should().ContainKey(name, "a project exists only if the architecture names it");
            XDocument.Load(Repository.PathOf(path)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .Should().BeSubsetOf(Arrows[name], "of the arrows of {0}", name);
        });
    }

    [Fact]
    public void Assemblies_use_only_the_assemblies_that_the_architecture_allows() =>
        Repository.Files("src", "*.csproj").Select(Path.GetFileNameWithoutExtension).Should().AllSatisfy(name =>
            Assembly.Load(AssemblyNameOf(name!)).GetReferencedAssemblies()
                .Select(reference => reference.Name!)
                .Where(reference => reference.StartsWith("Blockchain.", StringComparison.Ordinal))
                .Should().BeSubsetOf(Arrows[name!], "of the arrows of {0}", name));

    [Fact]
    public void Core_uses_nothing_but_the_base_library()
    {
        Assembly.Load("Blockchain.Core").GetReferencedAssemblies().Select(reference => reference.Name)
            .Should().OnlyContain(name => name!.StartsWith("System.", StringComparison.Ordinal));
        XDocument.Load(Repository.PathOf("src", "Blockchain.Core", "Blockchain.Core.csproj"))
            .Descendants("PackageReference")
            .Should().OnlyContain(
                package => package.Attribute("PrivateAssets")!.Value == "all",
                    "analyzers leave no trace in the program");
    }

    [Theory]
    [InlineData("Kernel", "BankNetwork", "OpenNetwork", "Voting")]
    [InlineData("BankNetwork", "OpenNetwork", "Voting")]
    [InlineData("OpenNetwork", "BankNetwork", "Voting")]
    [InlineData("Voting", "BankNetwork")]
    public void A_folder_of_Core_knows_no_folder_that_stands_above_it(string folder, params string[] above) =>
        Repository.Files($"src/Blockchain.Core/{folder}", "*.cs")
            .Where(path => File.ReadAllText(Repository.PathOf(path)) is var text
                && (!text.Contains($"namespace Blockchain.Core.{folder};", StringComparison.Ordinal)
                    || above.Any(name => text.Contains($"Blockchain.Core.{name}", StringComparison.Ordinal)
                        || text.Contains($" {name}.", StringComparison.Ordinal))))
            .Should().BeEmpty("these would point against the arrows");

    private static string AssemblyNameOf(string project)
    {
        XElement? name = XDocument.Load(Repository.PathOf("src", project, project + ".csproj"))
            .Descendants("AssemblyName").SingleOrDefault();
        return name?.Value ?? project;
    }
}
