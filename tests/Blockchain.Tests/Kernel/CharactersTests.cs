using Blockchain.Core.Kernel;

namespace Blockchain.Tests.Kernel;

/// <summary>Characters are Unicode scalar values.</summary>
public sealed class CharactersTests
{
    [Theory]
    [InlineData("", 0, true)]
    [InlineData("abc", 3, true)]
    [InlineData("né", 2, true)]
    [InlineData("💰", 1, true)]
    [InlineData("e\u0301", 2, true)]
    public void Whole_characters_are_counted(string text, int count, bool wellFormed)
    {
        Characters.Count(text).Should().Be(count);
        Characters.AreWellFormed(text).Should().Be(wellFormed);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_not_well_formed()
    {
        string pair = "💰";
        string first = pair[..1];
        string second = pair[1..];

        Characters.AreWellFormed(first).Should().BeFalse();
        Characters.AreWellFormed(second).Should().BeFalse();
        Characters.AreWellFormed(second + first).Should().BeFalse();
        Characters.AreWellFormed(first + "x").Should().BeFalse();
    }

    [Fact]
    public void A_broken_invariant_is_loud_and_says_which()
    {
        Action breaking = () => Invariant.Holds(1 > 2, "one is more than two");

        breaking.Should().Throw<InvariantException>().WithMessage("Broken invariant: one is more than two");
    }
}
