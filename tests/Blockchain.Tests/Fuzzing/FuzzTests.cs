namespace Blockchain.Tests.Fuzzing;

/// <summary>
/// Whatever comes in, a decoder takes it or refuses it as documented: it throws nothing else, ends, needs no more
/// memory than it should, and what it takes it writes again as the same bytes.
/// </summary>
public sealed class FuzzTests : IDisposable
{
    private readonly FileTargets _files = new();

    public static TheoryData<string> Names
    {
        get
        {
            using FileTargets files = new();
            return [.. All(files).Select(target => target.Name)];
        }
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Spoiled_inputs_are_refused_as_documented_or_taken_as_what_they_say(string name) =>
        FuzzRun.Seeds(Target(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_nasty_once_is_harmless(string name) => FuzzRun.Corpus(Target(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_spoiled_is_good_before(string name) =>
        Target(name).Samples.Should().OnlyContain(sample => Target(name).Takes(sample) != Target(name).NeverTakes);

    [Fact]
    public void Every_folder_of_the_corpus_belongs_to_a_decoder() =>
        Directory.GetDirectories(Repository.PathOf(FuzzRun.FolderOf(string.Empty))).Select(Path.GetFileName)
            .Should().BeEquivalentTo(All(_files).Select(target => target.Name));

    [Fact]
    public void The_same_seed_makes_the_same_input() =>
        All(_files).Should().AllSatisfy(target => target.Make(7).Should().Equal(target.Make(7)));

    private FuzzTarget Target(string name) => All(_files).Single(target => target.Name == name);

    private static IEnumerable<FuzzTarget> All(FileTargets files) =>
        [.. WireTargets.All, .. JsonTargets.All, .. TextTargets.All, .. OpenTargets.All, .. files.All];
}
